import { EnvHttpProxyAgent, request } from 'undici';
import { errorCode, whyNoConnection } from '../../client/http-errors.ts';
import { retryAfterMs } from '../../client/retry-after.ts';
import type { AlertMessage } from '../alert-message.ts';
import type { WebAddress } from './address.ts';
import type { AlertLanguage } from './letter.ts';
import { AlertError, type AlertTarget } from './target.ts';

/** As the usual variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY say; empty: none. */
export interface Proxies {
  readonly https: string;
  readonly http: string;
  readonly none: string;
}

/** What one platform wants to be sent, and what it answers. */
export interface WebProtocol {
  readonly perMinute: number | undefined;
  compose(message: AlertMessage, missed: number, address: WebAddress, language: AlertLanguage): Post;
  /** What is wrong, by the reply's text. Undefined: nothing, if the status says so too; otherwise the status has to do. */
  problemOf(text: string, isSuccess: boolean): AlertError | undefined;
}

export interface Post {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const TIMEOUT_MS = 10_000;
/** Not to a proxy, which undici gives as long as all the rest. */
const CONNECT_TIMEOUT_MS = 5_000;
const MAX_REPLY_BYTES = 64 * 1024;

/** Posts to one address. */
export class WebTarget implements AlertTarget {
  readonly name: string;
  readonly format: WebAddress['format'];
  readonly host: string;
  readonly #address: WebAddress;
  readonly #protocol: WebProtocol;
  readonly #language: AlertLanguage;
  readonly #agent: EnvHttpProxyAgent;

  constructor(
    address: WebAddress,
    protocol: WebProtocol,
    { language, proxies }: { readonly language: AlertLanguage; readonly proxies: Proxies },
  ) {
    this.name = address.name;
    this.format = address.format;
    this.host = address.host;
    this.#address = address;
    this.#protocol = protocol;
    this.#language = language;
    this.#agent = new EnvHttpProxyAgent({
      httpProxy: proxies.http,
      httpsProxy: proxies.https,
      noProxy: proxies.none,
      maxResponseSize: MAX_REPLY_BYTES,
      connect: { timeout: CONNECT_TIMEOUT_MS },
    });
  }

  get perMinute(): number | undefined {
    return this.#protocol.perMinute;
  }

  async send(message: AlertMessage, missed: number, signal: AbortSignal): Promise<void> {
    const post = this.#protocol.compose(message, missed, this.#address, this.#language);
    const { status, headers, text } = await this.#post(post, signal);
    const isSuccess = status >= 200 && status < 300;
    const mayPass = status === 429 || status === 408 || status >= 500;
    const problem = mayPass ? undefined : this.#protocol.problemOf(text, isSuccess);
    if (problem !== undefined) throw problem;
    if (isSuccess) return;
    const said = this.format === 'json' ? '' : quoted(text);
    const redirect = status >= 300 && status < 400 ? ' Redirects are not followed.' : '';
    throw new AlertError(`HTTP ${status}${said}.${redirect}`, {
      mayPass,
      retryAfterMs: retryAfterMs(header(headers, 'retry-after'), header(headers, 'date')),
    });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  /** The reply, whatever it is. @throws AlertError if there is none */
  async #post({ url, headers, body }: Post, signal: AbortSignal): Promise<Reply> {
    const deadline = AbortSignal.timeout(TIMEOUT_MS);
    try {
      const reply = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'order-sync', ...headers },
        body,
        dispatcher: this.#agent,
        signal: AbortSignal.any([signal, deadline]),
      });
      const text = withoutSecrets(await reply.body.text(), this.#address.url);
      return { status: reply.statusCode, headers: reply.headers, text };
    } catch (error) {
      if (signal.aborted) throw error;
      if (deadline.aborted) throw new AlertError(`No complete reply in ${TIMEOUT_MS} ms.`, { mayPass: true });
      throw new AlertError(`No reply: ${whyNoReply(errorCode(error))}.`, { mayPass: true, cause: error });
    }
  }
}

function header(headers: Headers, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function whyNoReply(code: string): string {
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return `no connection in ${CONNECT_TIMEOUT_MS} ms`;
  if (code !== 'UND_ERR_ABORTED') return whyNoConnection(code);
  // Nobody else than a proxy aborts: that is what undici makes of any answer to CONNECT but 200.
  return 'the proxy opens no tunnel to it (does it need a user and a password, http://user:password@proxy.example:3128?)';
}

const SHORTEST_SECRET = 8;

/** Whoever has no such path may answer with the whole address, which is a secret. */
function withoutSecrets(text: string, address: string): string {
  const { pathname, search, searchParams } = new URL(address);
  const secrets = [search.slice(1), ...searchParams.values(), ...pathname.split('/')];
  return secrets
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), text);
}

/** Of a page, nothing. */
function quoted(text: string): string {
  const line = oneLine(text);
  return line === '' || line.startsWith('<') ? '' : ` (${line})`;
}

const LONGEST_QUOTE = 200;

/** What a platform says, fit for a message. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_QUOTE);
}

/** The JSON of a reply; undefined if it is none, or no object. */
export function jsonOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
