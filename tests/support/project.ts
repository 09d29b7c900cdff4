import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** The project's folder. */
export const root = path.join(import.meta.dirname, '../..');

/** A path in the project, absolute. */
export const inProject = (file: string) => path.join(root, file);

/** The text of one of the project's files. */
export const read = (file: string) => readFileSync(inProject(file), 'utf8');

/** Runs a program. Rejects with its output if it fails. */
export const run = promisify(execFile);
