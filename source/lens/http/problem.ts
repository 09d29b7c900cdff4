import { HttpProblem, sendProblem, toProblem } from '@mythical/common/http/problem';
import type { ErrorRequestHandler } from 'express';
import { TooManyQueriesError } from '../query.ts';
import { QueryError } from '../query-guard.ts';
import { BusyError, PayloadError } from '../receive/payload.ts';

/** In seconds. */
export const RETRY_LATER = { 'Retry-After': '1' };

function problemOf(error: unknown): HttpProblem {
  if (error instanceof QueryError || error instanceof PayloadError) return new HttpProblem(400, error.message);
  if (error instanceof BusyError || error instanceof TooManyQueriesError) {
    return new HttpProblem(429, error.message, RETRY_LATER);
  }
  return toProblem(error, 'unexpected error; see the log of lens');
}

/** Responds to errors. @param send writes the body, by default problem details */
export function handleErrors(announce: (message: string) => void, send = sendProblem): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const problem = problemOf(error);
    if (problem.status === 500) announce(`lens: ${request.method} ${request.path}: ${error?.stack ?? error}`);
    send(request, response, problem);
  };
}
