import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '@mythical/common/lifecycle';
import type { ServiceKey } from '@mythical/common/services';
import { write } from '../command/work.ts';
import type { Draw } from './draw.ts';
import type { Addresses } from './trace.ts';

/** An injected fault, with times in ms by the service's clock. */
export type Fault = Draw & { from: number; until: number; found: boolean };

/** The services' URLs on this machine. */
export type Services = Record<ServiceKey, string>;

export type Incident = {
  seed: number;
  minutes: number;
  faults: Fault[];
  /** Where the sandbox was when the incident began: later commands may run in another shell, with other variables. */
  services: Services;
  addresses: Addresses;
  /** The number of answers so far. */
  answers: number;
};

/** The incident's record. Not in plain text, so that students don't see the answer by accident. */
export async function loadIncident(file: string): Promise<Incident | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { sealed } = JSON.parse(text) as { sealed: string };
    return JSON.parse(Buffer.from(sealed, 'base64').toString()) as Incident;
  } catch {
    throw new UserError(`${file} can't be read; npm run incident stop ends the incident and removes it`);
  }
}

export async function saveIncident(file: string, incident: Incident): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const sealed = Buffer.from(JSON.stringify(incident)).toString('base64');
  await write(file, `${JSON.stringify({ sealed })}\n`);
}

export const removeIncident = (file: string): Promise<void> => rm(file, { force: true });
