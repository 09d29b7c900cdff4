import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export type LogFile = { path: string; write(line: string): void; [Symbol.dispose](): void };

/** Half of the maximum size of a log, because the previous file is kept. */
const MAX_BYTES = 5_000_000;

/**
 * A new log file for a process's output. When it is full, it is renamed to `<path>.old` and a new one is started, so
 * that both together never exceed twice `maxBytes`.
 */
export function openLogFile(path: string, maxBytes = MAX_BYTES): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  let handle = openSync(path, 'w');
  let size = 0;
  return {
    path,
    write(line) {
      const data = Buffer.from(`${line}\n`);
      if (size > 0 && size + data.length > maxBytes) {
        closeSync(handle);
        renameSync(path, `${path}.old`);
        handle = openSync(path, 'w');
        size = 0;
      }
      try {
        size += writeSync(handle, data);
      } catch {
        // A full disk loses log lines, but doesn't stop the sandbox.
      }
    },
    [Symbol.dispose]: () => closeSync(handle),
  };
}
