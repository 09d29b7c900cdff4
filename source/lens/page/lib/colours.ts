import { h, styled } from './dom.ts';

/** Colours that mean something are the same in every view: a service has one, a level has one, errors are red. */

const KNOWN = ['mythical-requester', 'mythical-server', 'mythical-recorder', 'mythical-frontend'];
const SPARE = 4;

/** The CSS variable with a service's colour: `--service-0` and so on. */
export function serviceColour(service: string): string {
  const known = KNOWN.indexOf(service);
  return `var(--colour-${known >= 0 ? known : KNOWN.length + (hash(service) % SPARE)})`;
}

/** The colour of the nth line of a chart whose lines are no services. */
export function lineColour(index: number): string {
  return `var(--colour-${index % (KNOWN.length + SPARE)})`;
}

export function seriesColour(name: string, index: number): string {
  return KNOWN.includes(name) ? serviceColour(name) : lineColour(index);
}

/** A service's name behind a dot in its colour. */
export function serviceLabel(service: string): HTMLElement {
  return h(
    'span',
    { class: 'service', title: service },
    styled(h('i', { class: 'dot', 'aria-hidden': 'true' }), { '--c': serviceColour(service) }),
    h('span', { class: 'service-name' }, service),
  );
}

/** What a canvas can draw with, of `var(--x)` or any other CSS colour, in the present theme. */
export function resolveColour(colour: string): string {
  probe ??= document.body.appendChild(h('i', { hidden: true }));
  probe.style.color = colour;
  return getComputedStyle(probe).color;
}
let probe: HTMLElement | undefined;

/** A small number for a text, always the same (FNV-1a). */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
