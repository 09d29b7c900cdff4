import type { Backends } from '../correlations/backends.ts';
import type { Answer } from './answers.ts';
import { askLoki } from './ask-loki.ts';
import { askMimir } from './ask-mimir.ts';
import { askPostgres } from './ask-postgres.ts';
import { askPyroscope } from './ask-pyroscope.ts';
import { askTempo } from './ask-tempo.ts';
import type { Range } from './range.ts';
import type { Panel, Target } from './read.ts';
import type { Values } from './variables.ts';

/**
 * Sends the query that Grafana would send when a user opens the dashboard, using the backend's own API.
 *
 * @throws if the backend rejects the query, with its reason
 */
export function ask(backends: Backends, panel: Panel, target: Target, values: Values, range: Range): Promise<Answer> {
  switch (target.datasource.uid) {
    case 'mimir':
      return askMimir(backends.mimir, panel, target, values, range);
    case 'loki':
      return askLoki(backends.loki, panel, target, values, range);
    case 'tempo':
      return askTempo(backends.tempo, target, values, range, backends.mimir);
    case 'pyroscope':
      return askPyroscope(backends.pyroscope, panel, target, values, range);
    case 'postgres':
      return askPostgres(backends.postgres, target, values, range);
    default:
      throw new Error(`no such data source: ${target.datasource.uid}`);
  }
}
