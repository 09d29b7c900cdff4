import { hash } from './hash.ts';

/** Colours with a meaning are the same in all views: one per service, one per level, red for errors. */

const KNOWN = ['mythical-requester', 'mythical-server', 'mythical-recorder', 'mythical-frontend'];
const SPARE = 4;

/** @returns a CSS variable: `var(--colour-0)` */
export function serviceColour(service: string): string {
  const known = KNOWN.indexOf(service);
  return `var(--colour-${known >= 0 ? known : KNOWN.length + (hash(service) % SPARE)})`;
}

/** The colour of a chart's line: the service's, or the next one if the lines aren't services. */
export function seriesColour(name: string, index: number): string {
  return KNOWN.includes(name) ? serviceColour(name) : `var(--colour-${index % (KNOWN.length + SPARE)})`;
}

/** Resolves `var(--x)` or any CSS colour for a canvas, in the current theme. */
export function resolveColour(colour: string): string {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = colour;
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}
