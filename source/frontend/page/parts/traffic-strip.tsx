import { formatDuration, formatPercent } from '@mythical/ui/page/format.ts';
import { RECENT, type Traffic } from '../control-room/traffic.ts';

/** The user's requests since the page was opened. */
export function TrafficStrip({ traffic }: { traffic: Traffic }) {
  const { requests, errors, median, p95 } = traffic;
  return (
    <section
      className="panel mb-4 grid grid-cols-2 items-center gap-x-4 gap-y-3 md:gap-x-9 md:grid-cols-4 xl:grid-cols-[repeat(4,auto)_minmax(10rem,1fr)]"
      aria-label="Your traffic"
      data-testid="traffic"
    >
      <Figure name="Requests" value={String(requests)} note="from this page" />
      <Figure
        name="Errors"
        value={String(errors)}
        note={requests === 0 ? 'none yet' : formatPercent(errors / requests)}
        bad={errors > 0}
      />
      <Figure name="p50 latency" value={median === undefined ? '–' : formatDuration(median)} note={`last ${RECENT}`} />
      <Figure name="p95 latency" value={p95 === undefined ? '–' : formatDuration(p95)} note={`last ${RECENT}`} />
      <Bars traffic={traffic} />
    </section>
  );
}

function Figure({ name, value, note, bad = false }: { name: string; value: string; note: string; bad?: boolean }) {
  return (
    <dl className="whitespace-nowrap">
      <dt className="text-xs text-soft">{name}</dt>
      <dd>
        <strong className={`text-2xl leading-tight tabular-nums ${bad ? 'text-bad' : ''}`}>{value}</strong>{' '}
        <small className="max-sm:block">{note}</small>
      </dd>
    </dl>
  );
}

const WIDTH = 4;
const HEIGHT = 48;
/** Keeps fast requests visible. */
const MIN_HEIGHT = 3;

/** A bar per request, on a square-root scale, so that one slow request doesn't dwarf the others. */
function Bars({ traffic: { recent } }: { traffic: Traffic }) {
  const slowest = Math.max(1, ...recent.map(({ milliseconds }) => milliseconds));
  const label =
    recent.length === 0
      ? 'No request yet'
      : `Latency of the last ${recent.length} requests, the slowest ${formatDuration(slowest)}`;
  return (
    <svg
      className="h-12 w-full border-b fill-accent max-xl:col-span-full"
      viewBox={`0 0 ${RECENT * WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
    >
      <title>{label}</title>
      {recent.map(({ id, ok, milliseconds }, index) => {
        const height = MIN_HEIGHT + (HEIGHT - MIN_HEIGHT) * Math.sqrt(milliseconds / slowest);
        return (
          <rect
            key={id}
            className={ok ? undefined : 'fill-bad-fill'}
            x={(RECENT - recent.length + index) * WIDTH + 0.5}
            y={HEIGHT - height}
            width={WIDTH - 1}
            height={height}
          />
        );
      })}
    </svg>
  );
}
