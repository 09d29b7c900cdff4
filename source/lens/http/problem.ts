import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { TooManyQueriesError } from '../query.ts';
import { QueryError } from '../query-guard.ts';
import { BusyError, PayloadError } from '../receive/payload.ts';

/** Responds with problem details: https://www.rfc-editor.org/rfc/rfc9457 */
export function sendProblem(response: Response, status: number, title: string, detail: string): void {
  response
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title, status, detail }));
}

export type Problem = { status: number; title: string; detail: string };

/** The response to an error. Details of unexpected errors aren't disclosed. */
export function problemOf(error: unknown): Problem {
  if (error instanceof QueryError) return { status: 400, title: 'Query failed', detail: error.message };
  if (error instanceof PayloadError) return { status: 400, title: 'Bad payload', detail: error.message };
  if (error instanceof BusyError) return { status: 429, title: 'Busy', detail: error.message };
  if (error instanceof TooManyQueriesError) return { status: 429, title: 'Busy', detail: error.message };
  // express and its body parser set a status on client errors.
  const { status, message } = error as { status?: unknown; message?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return { status, title: STATUS_CODES[status] ?? 'Bad request', detail: String(message) };
  }
  return { status: 500, title: 'Internal error', detail: 'unexpected error; see the log of lens' };
}

/** Retry-After of temporary errors, in seconds. */
export const RETRY_AFTER = '1';

export const notFound: RequestHandler = (request, response) => {
  sendProblem(response, 404, 'Not found', `no such path: ${request.method} ${request.path}`);
};

export function handleErrors(announce: (message: string) => void): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const { status, title, detail } = problemOf(error);
    if (status === 500) announce(`lens: ${request.method} ${request.path}: ${error?.stack ?? error}`);
    if (status === 429) response.set('retry-after', RETRY_AFTER);
    sendProblem(response, status, title, detail);
  };
}
