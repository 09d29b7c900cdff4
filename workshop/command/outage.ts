import { UserError } from '@mythical/common/lifecycle';
import { type Finding, verdictOf } from '../check/finding.ts';
import { NoAnswer } from '../live/ask.ts';
import { checkOutage } from '../live/outage.ts';
import { startCommand } from '../live/stack.ts';
import { type Context, passLesson } from './commands.ts';
import { CANNOT_TELL, FAILED, PASSED } from './exit-codes.ts';
import { lessonOf } from './list.ts';
import { compose } from './point.ts';

const BACKENDS = ['mimir', 'loki', 'tempo'];
const SECONDS = 60;

/** Lesson 11: stops the backends for a minute, and counts what still arrives. */
export async function outageCommand(context: Context): Promise<number> {
  const { say, style } = context.terminal;
  const lesson = lessonOf('11')!;
  if (context.work.progress.current !== lesson.name) {
    say('This command belongs to lesson 11: npm run workshop start 11');
    return FAILED;
  }
  say(
    `${BACKENDS.join(', ')} will be down for ${SECONDS} s. Afterwards, it can take up to two minutes for everything to arrive …`,
  );
  const outage = {
    stop: () => orThrow(compose('stop', ...BACKENDS)),
    start: () => orThrow(compose('up', '-d', '--no-deps', '--no-recreate', '--no-build', '--wait', ...BACKENDS)),
  };
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  let findings: Finding[];
  try {
    findings = await checkOutage(context.stack, outage, SECONDS, interrupted.signal);
  } catch (error) {
    if ((error as Error).name === 'AbortError') {
      say('Interrupted. The backends are running again.');
      return CANNOT_TELL;
    }
    if (!(error instanceof NoAnswer) && !(error instanceof UserError)) throw error;
    const what =
      error instanceof NoAnswer ? `${new URL(error.url).origin} does not respond (${error.message})` : error.message;
    say(`${style('yellow', '? can’t tell')}: ${what}`);
    say('  This command needs a file that passes npm run workshop check, and the running stack:');
    say(`  ${startCommand(context.work.fileOf(lesson))}`);
    return CANNOT_TELL;
  }
  for (const { verdict, args } of findings) {
    say(
      `  ${verdict === 'passed' ? style('green', '✓') : style('red', '✗')} ${args.name}: ${args.given} of ${args.wanted}`,
    );
  }
  if (verdictOf(findings) !== 'passed') return FAILED;
  await passLesson(context, lesson);
  return PASSED;
}

async function orThrow(done: Promise<boolean>): Promise<void> {
  if (!(await done)) throw new UserError('Docker Compose failed');
}
