import path from 'node:path';

/** Compose reads the ports from .env, and the workshop's commands must know them, too. */
export function loadEnvFile(): void {
  try {
    process.loadEnvFile(path.join(import.meta.dirname, '../../.env'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
