import { request } from 'undici';
import { loadConfig, type ShopConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { tlsProblem } from '../../tls-problem.ts';
import { CommandError, EXIT } from '../cli/exit-status.ts';
import { MAX_BYTES, type ReadText, readText } from './read-text.ts';

const TIMEOUT_MS = 30_000;
const TLS = { ca: 'NODE_EXTRA_CA_CERTS', withoutTls: 'an address that begins with http://' };
type RestOptions = Extract<ShopConfig, { rest: unknown }>['rest'];

/**
 * GETs a reply as order-sync does: with the configured credentials, if the address lies under SHOP_BASE_URL; they never go anywhere
 * else. Redirects are not followed.
 *
 * @throws CommandError when there is no reply
 */
export async function fetchReply(url: URL): Promise<ReadText> {
  if (url.username !== '' || url.password !== '') {
    throw new CommandError(
      'The address holds a user name or password: order-sync sends neither. Set SHOP_TOKEN.',
      EXIT.usage,
    );
  }
  const shop = configuredShop();
  const isOwn = shop !== undefined && isUnder(url, new URL(shop.baseUrl));
  const headers = { accept: 'application/json', 'accept-encoding': 'gzip', ...(isOwn ? credentials(shop) : {}) };
  try {
    const reply = await request(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const bytes = await read(reply.body);
    const status = reply.statusCode === 200 ? [] : [statusSentence(reply, url, isOwn, shop !== undefined)];
    if (status.length > 0) return { problems: status, notes: [] };
    return await readOk(reply.headers, bytes);
  } catch (error) {
    throw error instanceof CommandError
      ? error
      : new CommandError(`No reply from ${url.origin}: ${codeOf(error)}.`, EXIT.unavailable);
  }
}

/** Undefined if a preset, an adapter, or nothing is configured. @throws ConfigError */
function configuredShop(): RestOptions | undefined {
  const env = readEnvironment();
  if ((env['SHOP_BASE_URL'] ?? '') === '') return undefined;
  const { shop } = loadConfig(env, ['shop']);
  return 'rest' in shop ? shop.rest : undefined;
}

function isUnder(url: URL, base: URL): boolean {
  const path = base.pathname.replace(/\/+$/, '');
  return url.origin === base.origin && (url.pathname === path || url.pathname.startsWith(`${path}/`));
}

function credentials({ token, authHeader, authScheme }: RestOptions): Record<string, string> {
  return token === undefined || token === ''
    ? {}
    : { [authHeader]: authScheme === '' ? token : `${authScheme} ${token}` };
}

async function read(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new CommandError('The reply is larger than 64 MB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

async function readOk(headers: Headers, bytes: Uint8Array): Promise<ReadText> {
  const type =
    String(headers['content-type'] ?? '')
      .split(';')[0]
      ?.trim()
      .toLowerCase() ?? '';
  const encoding = String(headers['content-encoding'] ?? '')
    .trim()
    .toLowerCase();
  if (!['', 'identity', 'gzip', 'x-gzip'].includes(encoding)) {
    return { problems: [`Its Content-Encoding is ${encoding}, although gzip was asked for.`], notes: [] };
  }
  const found = await readText(bytes, encoding.endsWith('gzip') ? 'said' : 'unsaid');
  const isJson = /^application\/(?:[\w.+-]+\+)?json$/.test(type);
  const wrongType = `Its Content-Type is ${type === '' ? 'missing' : type}: order-sync takes application/json only.`;
  return isJson ? found : { ...found, problems: [wrongType, ...found.problems] };
}

function statusSentence(
  { statusCode, headers }: { statusCode: number; headers: Headers },
  url: URL,
  isOwn: boolean,
  hasShop: boolean,
): string {
  const wait =
    headers['retry-after'] === undefined ? '' : ` and asks to wait (Retry-After: ${String(headers['retry-after'])})`;
  const status = `It answered HTTP ${statusCode}`;
  if (statusCode >= 300 && statusCode < 400) {
    const to = URL.parse(String(headers['location'] ?? ''), url);
    const where = to === null ? 'elsewhere' : to.origin + to.pathname;
    return `${status}: it redirects to ${where}. order-sync follows no redirect, as it would carry the token along. Give the final address; a login page means that credentials are missing.`;
  }
  if (statusCode === 401 || statusCode === 403) {
    const why = isOwn
      ? 'it refuses SHOP_TOKEN, or the token may not read orders'
      : `it was asked without credentials, as ${hasShop ? 'it is not under SHOP_BASE_URL' : 'SHOP_BASE_URL is not set'}`;
    return `${status}: ${why}.`;
  }
  if (statusCode === 404 || statusCode === 410) return `${status}: there is no such order, or the address is wrong.`;
  if (statusCode === 429 || statusCode === 503) return `${status}: it takes no requests now${wait}. Try again later.`;
  return `${status}, expected 200.`;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error.name === 'TimeoutError') return `none within ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  const problem = tlsProblem(error, TLS) ?? tlsProblem(cause, TLS);
  if (problem !== undefined) return problem;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return 'code' in error ? String(error.code) : error.message;
}
