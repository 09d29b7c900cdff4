import type { CSSProperties } from 'react';
import { serviceColour } from '../lib/colours.ts';

/** Custom properties for the stylesheet, such as the place of a bar. */
export function vars(properties: Record<`--${string}`, string | number>): CSSProperties {
  return properties as CSSProperties;
}

export function ServiceDot({ service }: { service: string }) {
  return <i className="dot" aria-hidden="true" style={vars({ '--c': serviceColour(service) })} />;
}

/** A service's name behind a dot in its colour. */
export function ServiceLabel({ service }: { service: string }) {
  return (
    <span className="service" title={service}>
      <ServiceDot service={service} />
      <span className="service-name">{service}</span>
    </span>
  );
}
