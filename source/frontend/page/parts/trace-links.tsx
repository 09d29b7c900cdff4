import { Icon } from '@mythical/ui/page/icon.tsx';
import type { Links, TraceContext } from '../control-room/links.ts';

const SIGNALS = [
  ['trace', 'Trace'],
  ['logs', 'Logs'],
  ['profile', 'Profile'],
] as const;

/** A trace id, with links to its telemetry. */
export function TraceLinks({ of, trace, links }: { of: string; trace: TraceContext; links: Links }) {
  return (
    <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-0.5">
      <code className="text-xs wrap-anywhere text-soft select-all" data-testid="trace-id">
        {trace.traceId}
      </code>
      <span className="-ml-2 flex gap-0.5">
        {SIGNALS.map(([signal, name]) => {
          const href = links[signal];
          return (
            href && (
              <a
                key={signal}
                className="inline-flex min-h-7 items-center gap-1 rounded-lg px-2 text-sm hover:bg-accent-back"
                href={href}
                target="_blank"
                rel="noreferrer"
                aria-label={`${name} of: ${of}`}
              >
                <Icon name={signal} />
                {name}
              </a>
            )
          );
        })}
      </span>
    </div>
  );
}
