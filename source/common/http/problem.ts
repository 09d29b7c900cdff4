import { STATUS_CODES } from 'node:http';
import { trace } from '@opentelemetry/api';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { messageOf } from '../error-message.ts';
import type { Logger } from '../telemetry/logging.ts';

/** An error response with problem details: https://www.rfc-editor.org/rfc/rfc9457 */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly status: number;
  readonly headers: Record<string, string>;

  /** @param detail one sentence for the client */
  constructor(status: number, detail: string, headers: Record<string, string> = {}) {
    super(detail);
    this.status = status;
    this.headers = headers;
  }
}

export type ProblemDetails = {
  type: 'about:blank';
  title: string;
  status: number;
  detail: string;
  instance: string;
  /** The trace of the failed request. */
  traceId?: string;
};

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

export const notFound: RequestHandler = (request) => {
  throw new HttpProblem(404, `no such path: ${request.method} ${request.path}`);
};

export function methodNotAllowed(...allowed: string[]): RequestHandler {
  return (request) => {
    const methods = allowed.join(', ');
    throw new HttpProblem(405, `${request.method} is not allowed here, only ${methods}`, { Allow: methods });
  };
}

/** Turns errors into problem details, and logs server errors. For an unexpected error, the client sees only a 500. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const problem = toProblem(error);
    if (problem.status >= 500) {
      trace.getActiveSpan()?.recordException(error instanceof Error ? error : String(error));
      logger.error(messageOf(error), {
        'http.method': request.method,
        'http.target': request.path,
        status: problem.status,
        // Only for a 500: other statuses, such as 503, are deliberate answers.
        ...(problem.status === 500 && error instanceof Error && { stack: error.stack }),
      });
    }
    sendProblem(request, response, problem);
  };
}

export function sendProblem(request: Request, response: Response, { status, headers, message }: HttpProblem): void {
  const traceId = trace.getActiveSpan()?.spanContext().traceId;
  const body: ProblemDetails = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    instance: request.originalUrl.slice(0, 200),
    ...(traceId !== undefined && { traceId }),
  };
  response.status(status).set(headers).type(PROBLEM_CONTENT_TYPE).send(JSON.stringify(body));
}

/** @param unexpected the detail of errors that the client isn't told about */
export function toProblem(
  error: unknown,
  unexpected = "internal error; see the service's log for this trace id",
): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof z.ZodError) return new HttpProblem(400, error.issues.map(describeIssue).join('; '));
  if (isClientError(error)) return new HttpProblem(error.status, error.message);
  return new HttpProblem(500, unexpected);
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}

/** Express's own client errors, such as invalid JSON or a body that is too large. */
function isClientError(error: unknown): error is Error & { status: number } {
  return (
    error instanceof Error &&
    'status' in error &&
    typeof error.status === 'number' &&
    error.status >= 400 &&
    error.status < 500
  );
}
