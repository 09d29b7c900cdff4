import { Icon } from '@mythical/ui/page/icon.tsx';
import type { Links, TraceContext } from '../control-room/links.ts';

/** A trace id, with links to its telemetry. */
export function TraceLinks({ of, trace, links }: { of: string; trace: TraceContext; links: Links }) {
  return (
    <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-0.5">
      <code className="text-xs wrap-anywhere text-soft select-all" data-testid="trace-id">
        {trace.traceId}
      </code>
      <span className="-ml-2 flex gap-0.5">
        {links.trace && <TelemetryLink icon="trace" name="Trace" of={of} href={links.trace} />}
        {links.logs && <TelemetryLink icon="logs" name="Logs" of={of} href={links.logs} />}
        {links.profile && <TelemetryLink icon="profile" name="Profile" of={of} href={links.profile} />}
      </span>
    </div>
  );
}

function TelemetryLink({
  icon,
  name,
  of,
  href,
}: {
  icon: 'trace' | 'logs' | 'profile';
  name: string;
  of: string;
  href: string;
}) {
  return (
    <a
      className="inline-flex min-h-7 items-center gap-1 rounded-lg px-2 text-sm hover:bg-accent-back"
      href={href}
      target="_blank"
      rel="noreferrer"
      aria-label={`${name} of: ${of}`}
    >
      <Icon name={icon} />
      {name}
    </a>
  );
}
