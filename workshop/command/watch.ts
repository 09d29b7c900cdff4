import { once } from 'node:events';
import { watch as watchFolder } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verdictOf } from '../check/finding.ts';
import { type Context, checkAll, currentLesson, passLesson } from './commands.ts';
import { FAILED, PASSED } from './exit-codes.ts';
import { nextLesson } from './list.ts';
import { report } from './report.ts';

/** Editors write a file in several steps. */
const QUIET_MS = 80;

/** Checks now and each time the file is saved, until Ctrl-C. */
export async function watch(context: Context): Promise<number> {
  const { work, terminal } = context;
  const lesson = currentLesson(context);
  if (!lesson?.file) return FAILED;
  const file = work.fileOf(lesson);
  terminal.say(
    terminal.style('dim', `Watching ${path.relative(process.cwd(), file)}. Press Ctrl-C to stop; nothing is lost.`),
  );
  let abort = new AbortController();
  // A new save makes the check of the previous one pointless, even if it still waits for data.
  const saves = savesOf(file, () => abort.abort());
  // Waiting for data would delay the end; files are written all or nothing.
  process.once('SIGINT', () => process.exit(PASSED));
  for await (const _save of saves) {
    abort = new AbortController();
    if (await checkOnce(context, abort.signal)) {
      saves.close();
      return afterPass(context);
    }
  }
  return PASSED;
}

/** @returns whether the lesson is passed; without a verdict if the signal aborts it */
async function checkOnce(context: Context, signal: AbortSignal): Promise<boolean> {
  const { terminal } = context;
  const lesson = currentLesson(context)!;
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  terminal.say(`\n${terminal.style('dim', new Date().toLocaleTimeString())} ${lesson.title}`);
  const check = checkAll(context, lesson, {
    signal,
    onFile: () =>
      terminal.say(terminal.style('dim', `  Alloy has loaded it (${seconds().toFixed(1)} s). Checking the data …`)),
  });
  const findings = await Promise.race([check, once(signal, 'abort')]);
  if (signal.aborted) return false;
  report(lesson, findings, seconds(), terminal);
  if (verdictOf(findings) !== 'passed') return false;
  await passLesson(context, lesson);
  return true;
}

async function afterPass(context: Context): Promise<number> {
  const next = nextLesson(currentLesson(context)!);
  if (!next) return PASSED;
  const answer = await context.terminal.ask(`\n  Continue with lesson ${next.name}, ${next.title}? [y/N] `);
  if (!/^y(es)?$/i.test(answer?.trim() ?? '')) return PASSED;
  const { startCommand } = await import('./commands.ts');
  const code = await startCommand(context, next.name, undefined);
  return code === PASSED && next.file ? watch(context) : code;
}

/** One event now, and one after each save of a file. Watches the folder, because editors replace the file with a new one. */
function savesOf(file: string, onSave: () => void): AsyncIterable<void> & { close(): void } {
  let wake = () => {};
  let pending = true;
  let closed = false;
  const watcher = watchFolder(path.dirname(file), (_event, name) => {
    if (name !== null && name !== path.basename(file)) return;
    pending = true;
    onSave();
    wake();
  });
  return {
    close() {
      closed = true;
      watcher.close();
      wake();
    },
    async *[Symbol.asyncIterator]() {
      while (!closed) {
        if (!pending) await new Promise<void>((resolve) => (wake = resolve));
        if (closed) return;
        await sleep(QUIET_MS);
        pending = false;
        yield;
      }
    },
  };
}
