import type { CSSProperties } from 'react';
import { serviceColour } from '../lib/colours.ts';

/** CSS custom properties for the stylesheet. */
export function vars(properties: Record<`--${string}`, string | number>): CSSProperties {
  return properties as CSSProperties;
}

export function ServiceDot({ service }: { service: string }) {
  return (
    <i
      className="inline-block size-[9px] flex-none rounded-full bg-(--c)"
      aria-hidden="true"
      style={vars({ '--c': serviceColour(service) })}
    />
  );
}

/** A service's name with a dot in its colour. */
export function ServiceLabel({ service }: { service: string }) {
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5 whitespace-nowrap" title={service}>
      <ServiceDot service={service} />
      {/* In narrow tables, only the dot is visible; screen readers still get the name. */}
      <span className="truncate in-[.data-table]:max-sm:sr-only">{service}</span>
    </span>
  );
}
