import { closeSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export type LogFile = { path: string; write(line: string): void; [Symbol.dispose](): void };

/** Half of what a log may take, because the older half is kept beside it. */
const MAX_BYTES = 5_000_000;

/**
 * A file for the output of one process, begun anew. When it is full it becomes `<path>.old`, and another is begun: so
 * the two never take more than twice `maxBytes`.
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
        // A full disk costs log lines, not the sandbox.
      }
    },
    [Symbol.dispose]: () => closeSync(handle),
  };
}
