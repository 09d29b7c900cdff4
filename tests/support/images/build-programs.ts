// npm run programs [-- name…]: the real programs as binaries, which tests check configurations with. Prints their paths.
import { Trouble } from '@mythical/common/lifecycle';
import { goPrograms, type ProgramName } from './go-programs.ts';
import { program } from './programs.ts';

const all = Object.keys(goPrograms) as ProgramName[];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !all.includes(name as ProgramName));

try {
  if (unknown.length > 0) throw new Trouble(`there is no ${unknown.join(', ')}; there are ${all.join(', ')}`);
  for (const name of all) {
    if (wanted.length === 0 || wanted.includes(name)) console.log(`${name}\t${await program(name)}`);
  }
} catch (error) {
  if (!(error instanceof Trouble)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
