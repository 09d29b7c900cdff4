import type { ReactNode } from 'react';
import './definitions.css';

/** Names and values in two columns; nothing if there are none. */
export function Definitions({ title, entries }: { title: string; entries: readonly (readonly [string, string])[] }) {
  if (entries.length === 0) return null;
  return (
    <section className="definitions">
      <h3>{title}</h3>
      <dl>
        {entries.map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line of logfmt may repeat a name
          <div key={index}>
            <dt>{name}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** The most important values, side by side. */
export function Facts({ facts }: { facts: Record<string, ReactNode> }) {
  return (
    <dl className="facts">
      {Object.entries(facts).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
