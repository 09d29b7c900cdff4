import { h, setText } from './lib/dom.ts';

/** Says that lens doesn't answer, and tries again until it does, with or without auto refresh. */
export type ConnectionBanner = { element: HTMLElement; show(reachable: boolean): void };

const RETRY_MS = 2_000;

export function createConnectionBanner({ retry }: { retry: () => Promise<void> }): ConnectionBanner {
  const text = h('span', {});
  const element = h(
    'div',
    { class: 'banner', role: 'alert', hidden: true, 'data-testid': 'unreachable' },
    text,
    h('button', { type: 'button', onclick: () => void retry() }, 'Try now'),
  );
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    element,
    show(reachable) {
      if (reachable) {
        element.hidden = true;
        clearInterval(timer);
        timer = undefined;
        return;
      }
      setText(text, `No answer from ${location.host}. Is "npm start" still running? Trying again every 2 s.`);
      element.hidden = false;
      timer ??= setInterval(() => void retry(), RETRY_MS);
    },
  };
}
