import type pg from 'pg';
import type { Answer } from './answers.ts';
import { askLoki } from './ask-loki.ts';
import { askMimir } from './ask-mimir.ts';
import { askPostgres } from './ask-postgres.ts';
import { askPyroscope } from './ask-pyroscope.ts';
import { askTempo } from './ask-tempo.ts';
import type { Question } from './question.ts';
import type { Range } from './range.ts';
import type { Panel, Target } from './read.ts';

/** The base URLs of the backends, as reachable from this machine. */
export type Backends = { mimir: string; loki: string; tempo: string; pyroscope: string; postgres: pg.ClientConfig };

/**
 * Sends the query that Grafana would send when a user opens the dashboard, using the backend's own API.
 *
 * @throws if the backend rejects the query, with its reason
 */
export function ask(backends: Backends, question: Question): Promise<Answer> {
  const { uid } = question.target.datasource;
  switch (uid) {
    case 'mimir':
      return askMimir(backends.mimir, question);
    case 'loki':
      return askLoki(backends.loki, question);
    case 'tempo':
      return askTempo(backends.tempo, question, backends.mimir);
    case 'pyroscope':
      return askPyroscope(backends.pyroscope, question);
    case 'postgres':
      return askPostgres(backends.postgres, question);
    default:
      throw new Error(`no such data source: ${uid}`);
  }
}

/** Explore is as wide as the screen. */
const EXPLORE: Panel = { id: 0, type: 'explore', title: 'Explore', gridPos: { x: 0, y: 0, w: 24, h: 10 } };

/** The same for a link that leads to Explore. */
export const askInExplore = (backends: Backends, target: Target, range: Range): Promise<Answer> =>
  ask(backends, { panel: EXPLORE, target, values: {}, range });
