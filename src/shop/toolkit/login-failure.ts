import { isNotFound } from '../../client/http-errors.ts';
import type { Reply } from '../../client/json-http.ts';
import { SyncError } from '../../errors.ts';
import { badReply, statusError } from '../http/failures.ts';

/**
 * Why a login brought no token. A 400 is a refusal as well: that is how OAuth 2.0 answers, and shops that want a second factor.
 *
 * @param names the settings that hold the credentials
 * @param remedy what to do about a 400
 */
export function loginFailure(reply: Reply, url: URL, names: readonly string[], remedy: string): SyncError {
  const { statusCode } = reply;
  const finding = `The shop refused the login (HTTP ${statusCode}).`;
  if (statusCode === 200) return badReply('a login brought no token');
  if (statusCode === 400) return new SyncError('shop_refused_credentials', finding, { remedy });
  if (!isNotFound(reply)) return statusError(reply, url, names.join(', '));
  const missing = `The shop has no login at ${url.origin}${url.pathname} (HTTP ${statusCode}).`;
  return new SyncError('shop_error', missing, { outageOf: 'shop', remedy: 'Is its base URL right?' });
}
