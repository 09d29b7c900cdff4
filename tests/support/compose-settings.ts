import { parseEnv } from 'node:util';
import { read } from './project.ts';

/** The defaults of Docker Compose, from .env.example: one commented line each. */
export function composeDefaults(): Record<string, string> {
  const example = read('.env.example');
  const lines = example.split('\n').filter((line) => /^#[A-Z]/.test(line));
  return parseEnv(lines.map((line) => line.slice(1)).join('\n')) as Record<string, string>;
}

/** The user's own settings for this checkout. */
export function dotEnv(): NodeJS.Dict<string> {
  try {
    return parseEnv(read('.env'));
  } catch {
    return {};
  }
}
