import { Icon } from '@mythical/ui/page/icon.tsx';
import { Panel } from '@mythical/ui/page/panel.tsx';

const BLOCK_MS = 600;

/** Faults that only real user monitoring sees. */
export function BrowserFaults() {
  return (
    <Panel title="In this browser">
      <p className="hint">Only real user monitoring sees these: they never reach the server.</p>
      <div className="row mt-2.5">
        <button type="button" onClick={throwFromThePage}>
          <Icon name="bolt" />
          Throw an error
        </button>
        <button type="button" onClick={blockThePage}>
          <Icon name="bolt" />
          Freeze for {BLOCK_MS} ms
        </button>
      </div>
    </Panel>
  );
}

/** Reported as an exception with its stack. */
function throwFromThePage(): void {
  haystack.search();
}

/** Minifiers keep the names of methods, which makes the stack readable. */
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
