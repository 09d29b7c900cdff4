import { Icon } from './icons.tsx';

const BLOCK_MS = 600;

/** Faults that only real user monitoring can see. */
export function BrowserFaults() {
  return (
    <section className="panel" aria-labelledby="faults-title">
      <h2 id="faults-title">In this browser</h2>
      <p className="hint">Only the browser can tell: the server knows nothing of these.</p>
      <div className="buttons">
        <button type="button" onClick={throwFromThePage}>
          <Icon name="bolt" />
          Throw an error
        </button>
        <button type="button" onClick={blockThePage}>
          <Icon name="bolt" />
          Freeze for {BLOCK_MS} ms
        </button>
      </div>
    </section>
  );
}

/** Reported as an exception, with its stack. */
function throwFromThePage(): void {
  haystack.search();
}

/** Methods, because a minifier leaves their names alone: so the stack is worth reading. */
const haystack = {
  needles: [] as string[],
  search(): string {
    return this.findTheNeedle();
  },
  findTheNeedle(): string {
    const [needle] = this.needles;
    if (needle === undefined) throw new Error('there is no needle in this haystack');
    return needle;
  },
};

/** Reported as a poor Interaction to Next Paint. */
function blockThePage(): void {
  const end = performance.now() + BLOCK_MS;
  while (performance.now() < end);
}
