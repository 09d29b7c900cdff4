import { Icon } from '@mythical/ui/page/icon.tsx';
import type { Links, TraceContext } from '../control-room/links.ts';
import './trace-links.css';

/** The id of a trace, and links to its telemetry. */
export function TraceLinks({ of, trace, links }: { of: string; trace: TraceContext; links: Links }) {
  return (
    <div className="trace-links">
      <code className="trace-id" data-testid="trace-id">
        {trace.traceId}
      </code>
      <span className="links">
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
    <a href={href} target="_blank" rel="noreferrer" aria-label={`${name} of: ${of}`}>
      <Icon name={icon} />
      {name}
    </a>
  );
}
