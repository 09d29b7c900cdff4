import { type ReactNode, useState } from 'react';

type Props = { text: string; className?: string; label?: string; children: ReactNode };

/** Renders nothing without clipboard access, as over plain HTTP from another machine. */
export function CopyButton({ text, className, label, children }: Props) {
  const [isCopied, setCopied] = useState(false);
  if (!isSecureContext) return null;
  return (
    <>
      <button
        type="button"
        className={className}
        aria-label={label}
        title={label}
        onClick={async () => {
          await navigator.clipboard.writeText(text);
          setCopied(true);
          setTimeout(() => setCopied(false), 1500);
        }}
      >
        {children}
      </button>
      <span className="hint" role="status">
        {isCopied && 'Copied'}
      </span>
    </>
  );
}
