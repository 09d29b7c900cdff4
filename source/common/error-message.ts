/** What went wrong, in words: of an error, of its cause where that says more, or of whatever else was thrown. */
export function messageOf(error: unknown): string {
  // Node reports several refused addresses as an AggregateError with an empty message of its own.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  // That of fetch is only "fetch failed".
  if (error instanceof TypeError && error.cause) return messageOf(error.cause);
  return error instanceof Error ? error.message : String(error);
}
