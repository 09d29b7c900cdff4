/** What Docker has under the tag of an image: nothing, an image from elsewhere, or one that we made. */
export type Found = 'nothing' | 'other' | 'stand-in';

export type Decision = 'keep' | 'build' | 'unavailable';

/** An image from elsewhere is the real one, and never replaced. */
export function decide({ found, canBuild, force }: { found: Found; canBuild: boolean; force: boolean }): Decision {
  if (found === 'other') return 'keep';
  if (found === 'stand-in' && !(force && canBuild)) return 'keep';
  return canBuild ? 'build' : 'unavailable';
}
