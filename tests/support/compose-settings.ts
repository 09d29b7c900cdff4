import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';

const ROOT = path.join(import.meta.dirname, '../..');

/** The defaults of Docker Compose, from .env.example: one commented line each. */
export function composeDefaults(): Record<string, string> {
  const example = readFileSync(path.join(ROOT, '.env.example'), 'utf8');
  const lines = example.split('\n').filter((line) => /^#[A-Z]/.test(line));
  return parseEnv(lines.map((line) => line.slice(1)).join('\n')) as Record<string, string>;
}

/** The user's own settings for this checkout. */
export function dotEnv(): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path.join(ROOT, '.env'), 'utf8'));
  } catch {
    return {};
  }
}
