import { useState } from 'react';
import type { Result } from '../lib/api.ts';
import { useRetainedState } from '../lib/retained-state.ts';
import { CopyButton } from './copy-button.tsx';
import { ResultTable } from './result-table.tsx';

type Props = {
  label: string;
  text: string;
  run: (text: string) => Promise<void>;
  /** Restores the original text. */
  reset?: () => void;
  result: Result | undefined;
};

/** An editor for a query, with its result below. */
export function SqlEditor({ label, text, run, reset, result }: Props) {
  // The draft belongs to `text`, and is discarded when `text` changes.
  const [typed, setTyped] = useRetainedState(`typed ${label}`, { text, draft: text });
  const draft = typed.text === text ? typed.draft : text;
  const setDraft = (next: string) => setTyped({ text, draft: next });
  const [isRunning, setRunning] = useState(false);

  async function start(): Promise<void> {
    setRunning(true);
    await run(draft).finally(() => setRunning(false));
  }

  return (
    <div className="grid grid-cols-1 gap-2">
      <textarea
        className="w-full resize-y overflow-auto rounded-md border border-line-strong bg-panel px-2.5 py-2 font-mono text-xs leading-normal whitespace-pre"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        aria-label={label}
        data-testid="sql-text"
        rows={Math.min(24, Math.max(4, draft.split('\n').length))}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          void start();
        }}
      />
      <div className="row">
        <button type="button" className="primary" disabled={isRunning} onClick={() => void start()}>
          Run
        </button>
        {reset && (
          <button
            type="button"
            onClick={() => {
              setDraft(text);
              reset();
            }}
          >
            Reset
          </button>
        )}
        <CopyButton text={draft}>Copy</CopyButton>
        <span className="hint">Ctrl+Enter to run. Read-only; limits: 10,000 rows, 10 s.</span>
      </div>
      {result && <ResultTable result={result} />}
    </div>
  );
}
