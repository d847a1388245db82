import { at, Refusal, type Reply, SyncError } from '../../erp/index.ts';

/** Odoo's exceptions are in a JSON-RPC reply with HTTP 200, or in one of JSON-2 with a status of its own. */
export function problemOf({ json }: Reply): SyncError | undefined {
  const error = at(json, 'error');
  const isRpc = error !== undefined && error !== null;
  const name = isRpc ? at(at(error, 'data'), 'name') : at(json, 'name');
  if (typeof name !== 'string' || (!isRpc && at(json, 'arguments') === undefined)) return undefined;
  const message = at(isRpc ? at(error, 'data') : json, 'message');
  return failure(name, typeof message === 'string' ? message : '');
}

function failure(name: string, message: string): SyncError {
  const exception = name.split('.').at(-1) ?? '';
  if (REFUSALS.has(exception)) return new Refusal(message);
  if (exception === 'AccessDenied' || exception === 'Unauthorized') return refusedLogin();
  if (exception === 'AccessError') {
    const remedy = 'Give the user of ERP_USER or ERP_TOKEN the rights that docs/internal-systems.md names.';
    return new SyncError(
      'internal_system_refused_credentials',
      'Odoo does not allow this user to write sales orders.',
      {
        remedy,
      },
    );
  }
  return new SyncError('write_failed', `Odoo answered with an error (${shownName(name)}).`);
}

/** What the data or the rules of the company say no to. */
const REFUSALS = new Set(['UserError', 'ValidationError', 'RedirectWarning', 'MissingError']);

export function refusedLogin(): SyncError {
  const remedy = 'Check ERP_USER and ERP_PASSWORD, or ERP_TOKEN, and ERP_DATABASE.';
  return new SyncError('internal_system_refused_credentials', 'Odoo refused the login.', { remedy });
}

/** The name of a Python exception, and nothing else. */
function shownName(name: string): string {
  return /^[\w.]{1,100}$/.test(name) ? name : 'of an unknown kind';
}
