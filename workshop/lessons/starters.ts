/** The checker's first finding for each starter: the requirement, or the code of a problem with its form. */
export const STARTERS: Record<string, { requirement: string; code: string }> = {
  1: { requirement: 'livedebugging', code: 'missing-attribute' },
  2: { requirement: 'alloy-labels', code: 'missing-label-value' },
  3: { requirement: 'own-log', code: 'no-way' },
  4: { requirement: 'port', code: 'wrong-value' },
  5: { requirement: 'receiver', code: 'missing-attribute' },
  6: { requirement: 'span-logs', code: 'no-way' },
  7: { requirement: 'sampled', code: 'wrong-way' },
  8: { requirement: 'url', code: 'missing-attribute' },
  9: { requirement: 'label', code: 'surplus-label' },
  10: { requirement: 'line', code: 'secret' },
  11: { requirement: 'wal', code: 'wrong-value' },
  12: { requirement: 'receiver', code: 'missing-attribute' },
  faro: { requirement: 'origins', code: 'missing-value' },
  beyla: { requirement: 'kept', code: 'not-dropped' },
};
