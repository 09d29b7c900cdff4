/** How long the slow query takes, in ms: far above the usual, and long enough for a pool of ten to run dry. */
export const SLOW_QUERY_MS = 800;
