import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { metadata } from '@mythical/common/config';
import {
  databaseSettings,
  frontendSettings,
  identitySettings,
  incidentSettings,
  loggingSettings,
  metricsSettings,
  otlpSettings,
  profilingSettings,
  queueSettings,
  recorderSettings,
  requesterSettings,
  serverSettings,
  serviceSettings,
  tracingSettings,
} from '@mythical/common/settings';
import { z } from 'zod';
import { environment as launcherVariables, REPOSITORY } from '../../source/launcher/settings.ts';
import { environment as lensVariables } from '../../source/lens/config.ts';

/**
 * Writes docs/configuration.md, the tables of environment variables, from the schemas that read them: `npm run docs`. A
 * test fails if the page is stale.
 */
export const PAGE = join(import.meta.dirname, '../../docs/configuration.md');

const HEADING = `# Configuration

<!-- Written by npm run docs. Edit the descriptions in the code instead. -->

All settings are environment variables. If a value is invalid, the service doesn't start, and reports the variable, its value
(unless it may contain a secret), and what was expected. Under Docker Compose, \`.env.example\` lists the settings, ports and
passwords that you can put into \`.env\`; add others to \`environment\` in \`docker-compose.yml\`.`;

type Shape = z.ZodObject['shape'];

const shared: Shape = serviceSettings.shape;

const GROUPS: [title: string, shape: Shape][] = [
  ['`npm start` itself', without(launcherVariables.shape, shared)],
  ['All services: words and identity', identitySettings.shape],
  ['All services: OTLP', otlpSettings.shape],
  ['All services: traces', tracingSettings.shape],
  ['All services: metrics', metricsSettings.shape],
  ['All services: logs', loggingSettings.shape],
  ['All services: profiles', profilingSettings.shape],
  ['All services: Postgres', databaseSettings.shape],
  ['All services: queue', queueSettings.shape],
  ['All services: incidents', incidentSettings.shape],
  ['mythical-server', without(serverSettings.shape, shared)],
  ['mythical-requester', without(requesterSettings.shape, shared)],
  ['mythical-recorder', without(recorderSettings.shape, shared)],
  ['mythical-frontend', frontendSettings.shape],
  ['lens', without(lensVariables.shape, launcherVariables.shape)],
];

function without(shape: Shape, others: Shape): Shape {
  return Object.fromEntries(Object.entries(shape).filter(([name]) => !(name in others)));
}

/** The complete page. */
export function configurationPage(): string {
  const tables = GROUPS.map(([title, shape]) => {
    const rows = Object.entries(shape).map(([name, field]) => {
      const { description, expected } = metadata(field)!;
      return `| \`${name}\` | ${defaultOf(field)} | ${cell(description)} | ${cell(expected)} |`;
    });
    return [`## ${title}`, '', '| variable | default | what it does | accepts |', '|---|---|---|---|', ...rows].join(
      '\n',
    );
  });
  return `${[HEADING, ...tables].join('\n\n')}\n`;
}

function defaultOf(field: unknown): string {
  if (!(field instanceof z.ZodDefault)) return '';
  const value = String(field.parse(undefined)).replace(`${REPOSITORY}/`, '');
  return value === '' ? '' : `\`${value}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

if (import.meta.main) await writeFile(PAGE, configurationPage());
