import { hash } from './hash.ts';

/** Colours that mean something are the same in every view: each service has one, each level has one, errors are red. */

const KNOWN = ['mythical-requester', 'mythical-server', 'mythical-recorder', 'mythical-frontend'];
const SPARE = 4;

/** A CSS variable: `var(--colour-0)`. */
export function serviceColour(service: string): string {
  const known = KNOWN.indexOf(service);
  return `var(--colour-${known >= 0 ? known : KNOWN.length + (hash(service) % SPARE)})`;
}

/** Of a line in a chart: its service's or, if the lines aren't services, the next one. */
export function seriesColour(name: string, index: number): string {
  return KNOWN.includes(name) ? serviceColour(name) : `var(--colour-${index % (KNOWN.length + SPARE)})`;
}

/** What a canvas can draw with, of `var(--x)` or any other CSS colour, in the present theme. */
export function resolveColour(colour: string): string {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = colour;
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}
