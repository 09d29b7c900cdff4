import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { verdictOf } from '../check/finding.ts';
import { checkOutage } from '../live/outage.ts';
import { type Context, FAILED, PASSED, passLesson } from './commands.ts';
import { lessonOf } from './list.ts';

const BACKENDS = ['mimir', 'loki', 'tempo'];
const SECONDS = 60;

/** Lesson 11: takes the backends away for a minute, and counts what arrives all the same. */
export async function outageCommand(context: Context): Promise<number> {
  const { say, style } = context.terminal;
  const lesson = lessonOf('11')!;
  if (context.work.progress.current !== lesson.name) {
    say('This is part of lesson 11: npm run workshop start 11');
    return FAILED;
  }
  say(`${BACKENDS.join(', ')} stop for ${SECONDS} s …`);
  const findings = await checkOutage(
    context.stack,
    { stop: () => compose('stop', ...BACKENDS), start: () => compose('start', '--wait', ...BACKENDS) },
    SECONDS,
  );
  for (const { verdict, args } of findings) {
    say(
      `  ${verdict === 'passed' ? style('green', '✓') : style('red', '✗')} ${args.name}: ${args.given} of ${args.wanted}`,
    );
  }
  if (verdictOf(findings) !== 'passed') return FAILED;
  await passLesson(context, lesson);
  return PASSED;
}

/** @throws when Docker Compose can't do it; what it says is on the screen by then */
async function compose(...args: string[]): Promise<void> {
  const all = ['compose', '-f', 'docker-compose-workshop.yml', ...args];
  const child = spawn('docker', all, {
    cwd: path.join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`docker ${all.join(' ')} ended with ${code}`);
}
