/** What is sent to an endpoint to see what it answers. */
export type Sample = {
  /** What comes after the URL of the endpoint. */
  path: string;
  headers: Record<string, string>;
  body: Buffer;
};
