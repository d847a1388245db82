import { at, Refusal, type Reply, SyncError } from '../../erp/index.ts';

/** Frappe names its exception, and says to people what is wrong in messages of their own. The status alone says less. */
export function problemOf({ statusCode, json }: Reply): SyncError | undefined {
  const exception = at(json, 'exc_type');
  // What is not there, the caller knows what to make of.
  if (typeof exception !== 'string' || statusCode === 404 || statusCode === 401) return undefined;
  if (exception === 'PermissionError') {
    const remedy = 'Give the user of ERP_TOKEN the roles that docs/internal-systems.md names.';
    return new SyncError('internal_system_refused_credentials', 'ERPNext does not allow this user to do that.', {
      remedy,
    });
  }
  if (statusCode === 429 || statusCode === 503) return undefined;
  if (MAY_WORK_LATER.has(exception) || (statusCode >= 500 && exception !== 'DuplicateEntryError')) {
    return new SyncError('write_failed', `ERPNext answered with an error (${shownName(exception)}).`);
  }
  return new Refusal(wordsOf(json));
}

/** Somebody else was writing at the same time. */
const MAY_WORK_LATER = new Set([
  'TimestampMismatchError',
  'QueryDeadlockError',
  'QueryTimeoutError',
  'DocumentLockedError',
]);

function shownName(exception: string): string {
  return /^\w{1,60}$/.test(exception) ? exception : 'of an unknown kind';
}

/** JSON in JSON, with markup; else the exception's own text, after its name. */
function wordsOf(json: unknown): string {
  const messages = parsed(at(json, '_server_messages'));
  const texts = Array.isArray(messages) ? messages.map((message) => at(parsed(message), 'message')) : [];
  const exception = at(json, 'exception');
  const words = texts.filter((text) => typeof text === 'string').join(' ');
  const fallback = typeof exception === 'string' ? exception.replace(/^[\w.]+: /, '') : '';
  return (words || fallback).replaceAll(/<[^<>]*>/g, '');
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}
