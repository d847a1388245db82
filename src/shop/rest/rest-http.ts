import type { HttpRequest } from '../../client/exchange.ts';
import { JSON_HEADERS, JsonHttp, type Reply } from '../../client/json-http.ts';
import { ConfigError } from '../../errors.ts';
import { SHOP } from '../http/failures.ts';
import type { RestShopOptions } from './options.ts';

/** Exchanges JSON with the shop, with its token, which may be rotated at any time. */
export class RestHttp {
  readonly #http: JsonHttp;
  readonly #options: Omit<RestShopOptions, 'baseUrl'>;
  #token: string | undefined;
  #headers: Readonly<Record<string, string>>;

  /** @throws ConfigError when the credentials can't be sent as a header */
  constructor(origin: string, options: Omit<RestShopOptions, 'baseUrl'>) {
    this.#options = options;
    this.#token = options.token;
    this.#headers = headersWith(options, options.token);
    this.#http = new JsonHttp(SHOP, origin, options);
  }

  /**
   * @param path everything below the origin
   * @param replied called when the order has arrived, before it is read
   * @throws SyncError when there is no complete reply; the signal's reason when aborted
   */
  get(path: string, signal: AbortSignal, replied?: () => void): Promise<Reply> {
    return this.#http.run(signal, (free) => {
      const next = () => {
        free();
        replied?.();
      };
      return this.#ask(path, { replied: next }, signal);
    });
  }

  /** Never sent twice, unless the first was refused. @throws likewise */
  put(path: string, json: unknown, signal: AbortSignal): Promise<Reply> {
    const sent = { method: 'PUT', body: JSON.stringify(json), once: true, keepsErrors: true } as const;
    return this.#http.run(signal, () => this.#ask(path, sent, signal));
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #ask(path: string, sent: Sent, signal: AbortSignal): Promise<Reply> {
    const token = this.#token;
    return this.#send(path, sent, signal).then((reply) => {
      const isRefused = reply.statusCode === 401 || reply.statusCode === 403;
      return isRefused && (token !== this.#token || this.#rereadToken()) ? this.#send(path, sent, signal) : reply;
    });
  }

  #send(path: string, sent: Sent, signal: AbortSignal): Promise<Reply> {
    const headers = sent.body === undefined ? this.#headers : { ...this.#headers, 'content-type': 'application/json' };
    return this.#http.send({ ...sent, path, headers }, signal);
  }

  /** @returns whether it was rotated */
  #rereadToken(): boolean {
    const token = this.#options.currentToken?.() ?? this.#token;
    if (token === this.#token) return false;
    this.#headers = headersWith(this.#options, token);
    this.#token = token;
    return true;
  }
}

type Sent = Omit<HttpRequest, 'path' | 'headers'>;

function headersWith(
  { authHeader, authScheme }: Pick<RestShopOptions, 'authHeader' | 'authScheme'>,
  token: string | undefined,
): Record<string, string> {
  if (token === undefined || token === '') return JSON_HEADERS;
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(authHeader))
    throw new ConfigError(['SHOP_AUTH_HEADER: expected the name of a header.']);
  if (!/^[\x21-\x7e]+$/.test(token) || !/^[\x21-\x7e]*$/.test(authScheme)) {
    throw new ConfigError(['SHOP_TOKEN, SHOP_AUTH_SCHEME: expected ASCII without spaces or line breaks.']);
  }
  return { ...JSON_HEADERS, [authHeader]: authScheme === '' ? token : `${authScheme} ${token}` };
}
