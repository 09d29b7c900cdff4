import type { LiveRows } from '../lib/live-rows.ts';

/** The number of rows, and a button to show newer ones. */
export function LiveControls<Row>({ live: { rows, waiting, showWaiting } }: { live: LiveRows<Row> }) {
  return (
    <>
      {waiting !== '' && (
        <button
          type="button"
          className="small-button border-accent bg-accent-back text-ink"
          data-testid="show-newer"
          onClick={showWaiting}
        >
          Show {waiting} newer
        </button>
      )}
      {rows.length > 0 && <span className="status">latest {rows.length}</span>}
    </>
  );
}
