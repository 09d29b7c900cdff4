/** A readable message for anything thrown, taken from the error's cause if that is more specific. */
export function messageOf(error: unknown): string {
  // Node reports refused connections to several addresses as an AggregateError without a message.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  // fetch's own message is only "fetch failed".
  if (error instanceof TypeError && error.cause) return messageOf(error.cause);
  return error instanceof Error ? error.message || error.name : String(error);
}
