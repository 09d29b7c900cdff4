import { goPrograms, type ProgramName } from './images/go-programs.ts';
import { findOnPath } from './images/on-path.ts';
import { presentProgram } from './images/programs.ts';

/** Programs that no package provides: their checks run where somebody has the program. */
type OtherProgram = 'alloy' | 'tempo' | 'pyroscope' | 'prometheus';

export type RealProgram = { path: string; skip: false } | { path: undefined; skip: string };

/**
 * A real program for a test: the one that an environment variable of its name points to (`ALLOY=/path/to/alloy`), else one
 * on PATH or made by `npm run images`. Nothing is built here. Without it, `skip` says "not run: NAME", for the option of
 * that name of a test.
 *
 * @throws in CI, where a program that packages provide is missing: there, nothing that could run may be left out
 */
export async function realProgram(name: ProgramName | OtherProgram): Promise<RealProgram> {
  const isPackaged = (name: string): name is ProgramName => name in goPrograms;
  const named = process.env[name.toUpperCase().replaceAll('-', '_')];
  const path = named ?? (isPackaged(name) ? await presentProgram(name) : await findOnPath(name));
  if (path) return { path, skip: false };
  if (process.env.CI && isPackaged(name))
    throw new Error(`there is no ${name} on this machine: npm run images makes it`);
  return { path: undefined, skip: `not run: ${name}` };
}
