/** `value`, which closes these resources when it is disposed. */
export function closing<T extends AsyncDisposable>(
  resources: AsyncDisposableStack,
  value: Omit<T, typeof Symbol.asyncDispose>,
): T {
  const moved = resources.move();
  return Object.assign(value, { [Symbol.asyncDispose]: () => moved.disposeAsync() }) as unknown as T;
}
