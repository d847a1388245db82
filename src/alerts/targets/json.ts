import { secretKey, signatureHeaders } from '../../client/standard-webhooks.ts';
import type { WebProtocol } from './web-target.ts';

/** For a program of the company's own: signed as Standard Webhooks 1.0 says. Any 2xx takes it. */
export const jsonProtocol: WebProtocol = {
  perMinute: undefined,
  compose({ id, kind, severity, at, shop, title, lines, facts }, missed, { url, secret }, language) {
    const content = { id, kind, severity, at: at.toISOString(), shop, title, lines, facts, language, missed };
    const body = JSON.stringify(content);
    const key = secretKey(secret ?? '');
    return key === undefined ? { url, body } : { url, body, headers: signatureHeaders(key, id, body, new Date()) };
  },
  problemOf: () => undefined,
};
