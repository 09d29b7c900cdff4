import { Icon } from '@mythical/ui/page/icon.tsx';
import type { Notice } from '../control-room/state.ts';
import { TraceLinks } from './trace-links.tsx';

/** Soft text would be hard to read on red. */
const NOTICE =
  'flex items-start gap-x-4 gap-y-2 rounded-xl border border-l-4 border-bad-line border-l-bad-fill bg-bad-back p-3 pl-4 [--color-soft:var(--color-ink)] max-sm:flex-wrap';

/** Failed actions: what failed, why, and where to look. */
export function Notices({ notices, dismiss }: { notices: readonly Notice[]; dismiss: (id: number) => void }) {
  return (
    <div className="grid gap-2 not-empty:mb-4" role="alert">
      {notices.map(({ id, title, detail, trace, links, retry }) => (
        <article key={id} className={NOTICE} data-testid="notice">
          <div className="min-w-0 flex-1 wrap-anywhere max-sm:basis-full">
            <h2 className="text-bad">{title}</h2>
            <p>{detail}</p>
            {trace && links && <TraceLinks of={title} trace={trace} links={links} />}
          </div>
          <div className="flex gap-1">
            {retry && (
              <button type="button" onClick={retry} aria-label={`Try again: ${title}`}>
                Try again
              </button>
            )}
            <button type="button" className="icon-button" onClick={() => dismiss(id)} aria-label={`Dismiss: ${title}`}>
              <Icon name="close" />
            </button>
          </div>
        </article>
      ))}
    </div>
  );
}
