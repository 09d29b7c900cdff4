import { useCallback, useState } from 'react';

const values = new Map<string, unknown>();

/** Like `useState`, but the value survives unmounting, so that users find a view as they left it. */
export function useRetainedState<T>(key: string, initial: T): [value: T, set: (value: T) => void] {
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
