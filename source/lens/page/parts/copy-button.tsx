import { type ReactNode, useState } from 'react';

type Props = { text: string; className?: string; label?: string; children: ReactNode };

/** Renders nothing without clipboard access, as over plain HTTP from another machine. */
export function CopyButton({ text, className, label, children }: Props) {
  const [outcome, setOutcome] = useState('');
  if (!isSecureContext) return null;
  return (
    <>
      <button
        type="button"
        className={className}
        aria-label={label}
        title={label}
        onClick={async () => {
          // A browser may ask the user, who may refuse.
          setOutcome(
            await navigator.clipboard.writeText(text).then(
              () => 'Copied',
              () => 'Copying is not allowed',
            ),
          );
          setTimeout(() => setOutcome(''), 1500);
        }}
      >
        {children}
      </button>
      <span className="hint" role="status">
        {outcome}
      </span>
    </>
  );
}
