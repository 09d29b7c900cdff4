import { type Child, h } from '../lib/dom.ts';

/** What an empty panel says: what it waits for, and how to make some. */
export function waitingFor(what: string, ...how: Child[]): HTMLElement {
  return h('div', {}, h('p', {}, h('b', {}, what)), h('p', {}, ...how));
}

export const command = (text: string) => h('code', {}, text);

export const startHint = () => [
  'They come by themselves while the services run: ',
  command('npm start'),
  ' starts everything. To make one by hand: ',
  command(`curl -X POST localhost:4000/unicorn -H 'content-type: application/json' -d '{"name":"Sparkle"}'`),
];
