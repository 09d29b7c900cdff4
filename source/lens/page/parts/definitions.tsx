import type { ReactNode } from 'react';

/** Names and values in two columns; renders nothing if there are none. */
export function Definitions({ title, entries }: { title: string; entries: readonly (readonly [string, string])[] }) {
  if (entries.length === 0) return null;
  return (
    <section className="min-w-0">
      <h3>{title}</h3>
      <dl>
        {entries.map(([name, value], index) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a logfmt line may repeat a key
            key={index}
            className="grid grid-cols-[minmax(6rem,17rem)_minmax(0,1fr)] gap-x-2.5 border-b border-line/60 py-px max-sm:grid-cols-1"
          >
            <dt className="text-soft">{name}</dt>
            <dd className="font-mono text-[0.9em] whitespace-pre-wrap">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The most important values, side by side. */
export function Facts({ facts }: { facts: Record<string, ReactNode> }) {
  return (
    <dl className="flex flex-wrap gap-x-5 gap-y-1.5 tabular-nums">
      {Object.entries(facts).map(([name, value]) => (
        <div key={name}>
          <dt className="text-xs text-soft">{name}</dt>
          <dd className="flex items-center gap-1">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
