import type { Result } from './api.ts';
import { h, setText } from './dom.ts';
import { resultTable } from './table.ts';

/** A query to read, change and run, with the table that it answers below. */
export type SqlEditor = {
  element: HTMLElement;
  setText(text: string): void;
  text(): string;
  showResult(result: Result | undefined): void;
};

export type SqlEditorOptions = {
  label: string;
  onRun: (text: string) => Promise<void>;
  /** Offers to go back to the original text. */
  onReset?: () => Promise<void>;
};

export function createSqlEditor({ label, onRun, onReset }: SqlEditorOptions): SqlEditor {
  const area = h('textarea', {
    class: 'sql',
    spellcheck: 'false',
    autocapitalize: 'off',
    autocomplete: 'off',
    'aria-label': label,
    'data-testid': 'sql-text',
    rows: '4',
    oninput: () => fit(),
    onkeydown: (event: KeyboardEvent) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      void run();
    },
  });
  const output = h('div', { class: 'output' });
  const runButton = h('button', { type: 'button', class: 'primary', onclick: () => void run() }, 'Run');
  const element = h(
    'div',
    { class: 'sql-editor' },
    area,
    h(
      'div',
      { class: 'row' },
      runButton,
      onReset && h('button', { type: 'button', onclick: () => void onReset() }, 'Reset'),
      // Elsewhere the browser keeps the clipboard from pages.
      isSecureContext &&
        h(
          'button',
          {
            type: 'button',
            onclick: async (event: MouseEvent) => {
              const button = event.currentTarget as HTMLElement;
              await navigator.clipboard.writeText(area.value);
              setText(button, 'Copied');
              setTimeout(() => setText(button, 'Copy'), 1500);
            },
          },
          'Copy',
        ),
      h('span', { class: 'note' }, 'Ctrl+Enter runs. Read-only, 10,000 rows, 10 s.'),
    ),
    output,
  );

  const fit = () => {
    area.rows = Math.min(24, Math.max(4, area.value.split('\n').length));
  };
  const run = async () => {
    runButton.disabled = true;
    try {
      await onRun(area.value);
    } finally {
      runButton.disabled = false;
    }
  };

  let shown: string | undefined;
  return {
    element,
    text: () => area.value,
    setText(text) {
      if (area.value === text) return;
      area.value = text;
      fit();
    },
    showResult(result) {
      // The same answer again must not lose where the user has scrolled to, or what is selected.
      const signature = result && JSON.stringify(result.rows);
      if (signature === shown && output.firstChild !== null) return;
      shown = signature;
      const scrolled = output.querySelector('.scroll');
      const [left, top] = [scrolled?.scrollLeft ?? 0, scrolled?.scrollTop ?? 0];
      output.replaceChildren(...(result ? [resultTable(result)] : []));
      output.querySelector('.scroll')?.scrollTo(left, top);
    },
  };
}
