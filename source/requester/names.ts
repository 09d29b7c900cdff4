const FIRST = ['Sparkle', 'Grim', 'Misty', 'Thunder', 'Velvet', 'Crimson', 'Silent', 'Golden', 'Frost', 'Ember'];
const LAST = ['hoof', 'fang', 'gaze', 'feather', 'shadow', 'whisper', 'claw', 'mane', 'tide', 'thorn'];

/** Names remembered per kind, so that a DELETE has something to delete. */
const REMEMBERED = 100;

export function createNames(random: () => number = Math.random) {
  const known = new Map<string, string[]>();
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)]!;

  /** A random name, almost always unused. */
  function invent(): string {
    return `${pick(FIRST)}${pick(LAST)} ${Math.floor(random() * 1_000_000)}`;
  }

  return {
    invent,
    remember(kind: string, name: string): void {
      const names = known.get(kind) ?? [];
      names.push(name);
      if (names.length > REMEMBERED) names.shift();
      known.set(kind, names);
    },
    /** Removes and returns the oldest remembered name, or invents one. */
    recall: (kind: string) => known.get(kind)?.shift() ?? invent(),
  };
}
