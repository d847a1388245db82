import { redactCredentials } from './redact.ts';

/** An error as logged. Whatever else libraries attach to errors (addresses, queries, rows) is left out. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly reason?: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
  readonly errors?: readonly LoggedError[];
}

/** Deeper than any real chain of causes; ends a cycle. */
const MAX_DEPTH = 6;
/** An AggregateError has one error for each address that was tried. */
const MAX_ERRORS = 4;

export function serializeError(thrown: unknown, depth = 1): LoggedError {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: 'something other than an Error was thrown' };
  const { reason, code } = thrown as { reason?: unknown; code?: unknown };
  const canDescend = depth < MAX_DEPTH;
  return {
    type: thrown.name,
    message: redactCredentials(thrown.message),
    ...(typeof reason === 'string' ? { reason } : {}),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(typeof thrown.stack === 'string' ? { stack: redactCredentials(thrown.stack) } : {}),
    ...(canDescend && thrown.cause !== undefined ? { cause: serializeError(thrown.cause, depth + 1) } : {}),
    ...(canDescend && thrown instanceof AggregateError
      ? { errors: thrown.errors.slice(0, MAX_ERRORS).map((error) => serializeError(error, depth + 1)) }
      : {}),
  };
}
