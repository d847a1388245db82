import { at } from '../../client/at.ts';
import { badReply } from '../../client/http-errors.ts';
import type { Reply } from '../../client/json-http.ts';
import { type FailureReason, SyncError } from '../../errors.ts';
import { ERP } from './failures.ts';

/** The `result` of a JSON-RPC reply: null if the method returned nothing. @throws SyncError `write_failed` for an error that nobody took */
export function resultOf(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) throw badReply(ERP, 'it is not a JSON-RPC reply');
  if ('error' in json && json.error !== null) {
    throw new SyncError('write_failed', 'The internal system answered the call with an error.');
  }
  return 'result' in json ? json.result : null;
}

/**
 * A JSON-RPC API says what is wrong in a reply with HTTP 200, as its `error`: which failure is that? Undefined leaves it to the
 * status, and in the end to `write_failed`.
 */
export function rpcProblem(
  reasonOf: (error: unknown) => FailureReason | SyncError | undefined,
): (reply: Reply) => FailureReason | SyncError | undefined {
  return ({ json }) => {
    const error = at(json, 'error');
    return error === undefined || error === null ? undefined : reasonOf(error);
  };
}
