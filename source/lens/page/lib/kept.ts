import { useCallback, useState } from 'react';

const values = new Map<string, unknown>();

/** `useState` whose value is still there when the component is mounted again: a user who comes back finds it as it was. */
export function useKept<T>(key: string, initial: T): [value: T, set: (value: T) => void] {
  const [value, setValue] = useState(() => (values.has(key) ? (values.get(key) as T) : initial));
  const set = useCallback(
    (next: T) => {
      values.set(key, next);
      setValue(() => next);
    },
    [key],
  );
  return [value, set];
}
