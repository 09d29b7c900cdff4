import { parseOptions } from '../../tools/push/options.ts';
import { push as pushItem } from '../../tools/push/push.ts';

/** `npm run push`, in this process. */
export async function push(...args: string[]): Promise<{ ok: boolean; output: string }> {
  const steps = await Array.fromAsync(pushItem(parseOptions(args)!));
  return { ok: steps.every(({ ok }) => ok), output: steps.map(({ text }) => text).join('\n') };
}
