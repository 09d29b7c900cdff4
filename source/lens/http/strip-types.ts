import { readFile, stat } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';

takeWarningAway();

const cache = new Map<string, { version: string; script: string }>();

/** A TypeScript file as JavaScript, with every line and column where it was; undefined when there is no such file. */
export async function stripTypes(file: string): Promise<string | undefined> {
  const stats = await stat(file).catch(() => undefined);
  if (!stats?.isFile()) return undefined;
  const version = `${stats.mtimeMs} ${stats.size}`;
  const cached = cache.get(file);
  if (cached?.version === version) return cached.script;
  const script = stripTypeScriptTypes(await readFile(file, 'utf8'));
  cache.set(file, { version, script });
  return script;
}

/**
 * Running TypeScript is stable in Node 24; the function that does the same to a string still warns on its first call
 * that it is experimental. That first call is made here, with warnings off for just as long.
 */
function takeWarningAway(): void {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    stripTypeScriptTypes('');
  } finally {
    process.emitWarning = emitWarning;
  }
}
