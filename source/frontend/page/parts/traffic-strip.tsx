import { RECENT, type Traffic } from '../control-room/traffic.ts';
import { formatMilliseconds, formatShare } from './format.ts';

/** What the person experienced since the page was opened, in their own browser. */
export function TrafficStrip({ traffic }: { traffic: Traffic }) {
  const { requests, errors, median, p95 } = traffic;
  return (
    <section className="strip panel" aria-label="Your traffic" data-testid="traffic">
      <Figure name="Requests" value={String(requests)} note="yours, on this page" />
      <Figure
        name="Errors"
        value={String(errors)}
        note={requests === 0 ? 'none yet' : formatShare(errors / requests)}
        bad={errors > 0}
      />
      <Figure name="Median" value={median === undefined ? '–' : formatMilliseconds(median)} note={`last ${RECENT}`} />
      <Figure name="95 % within" value={p95 === undefined ? '–' : formatMilliseconds(p95)} note={`last ${RECENT}`} />
      <Bars traffic={traffic} />
    </section>
  );
}

function Figure({ name, value, note, bad = false }: { name: string; value: string; note: string; bad?: boolean }) {
  return (
    <dl className={bad ? 'figure bad' : 'figure'}>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong> <small>{note}</small>
      </dd>
    </dl>
  );
}

const WIDTH = 4;
const HEIGHT = 48;
/** So that a quick request is still something to see. */
const LEAST = 3;

/** A bar for each request. The scale is of square roots, so that a slow request does not make all others vanish. */
function Bars({ traffic: { recent } }: { traffic: Traffic }) {
  const slowest = Math.max(1, ...recent.map(({ milliseconds }) => milliseconds));
  const label =
    recent.length === 0
      ? 'No request yet'
      : `Latency of the last ${recent.length} requests, the slowest ${formatMilliseconds(slowest)}`;
  return (
    <svg className="bars" viewBox={`0 0 ${RECENT * WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img">
      <title>{label}</title>
      {recent.map(({ id, ok, milliseconds }, index) => {
        const height = LEAST + (HEIGHT - LEAST) * Math.sqrt(milliseconds / slowest);
        return (
          <rect
            key={id}
            className={ok ? undefined : 'bad'}
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
