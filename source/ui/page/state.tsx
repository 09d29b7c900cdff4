import type { ReactNode } from 'react';

/** The colour of the dot in front of the text. */
export type Tone = 'good' | 'warn' | 'bad' | 'neutral';

const DOTS: Record<Tone, string> = { good: 'bg-good', warn: 'bg-warn', bad: 'bg-bad', neutral: 'bg-soft' };

type Props = { tone: Tone; testid?: string; title?: string | undefined; children: ReactNode };

export function State({ tone, testid, title, children }: Props) {
  return (
    <span role="status" data-testid={testid} title={title} className={tone === 'bad' ? 'text-bad' : undefined}>
      <i className={`mr-1.5 inline-block size-2 rounded-full ${DOTS[tone]}`} aria-hidden="true" />
      {children}
    </span>
  );
}
