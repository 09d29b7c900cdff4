import { Icon } from '@mythical/ui/page/icon.tsx';
import type { Notice } from '../control-room/state.ts';
import { TraceLinks } from './trace-links.tsx';
import './notices.css';

/** What did not work, why, and where to look. A notice stays until it is dismissed. */
export function Notices({ notices, dismiss }: { notices: readonly Notice[]; dismiss: (id: number) => void }) {
  return (
    <div className="notices" role="alert">
      {notices.map(({ id, title, detail, trace, links, retry }) => (
        <article key={id} className="notice" data-testid="notice">
          <div className="notice-text">
            <h2>{title}</h2>
            <p>{detail}</p>
            {trace && links && <TraceLinks of={title} trace={trace} links={links} />}
          </div>
          <div className="notice-buttons">
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
