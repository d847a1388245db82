/// <reference path="./undici-parts.d.ts" />
import errors from 'undici/lib/core/errors.js';
import { SyncError } from '../errors.ts';
import { type TlsSettings, tlsProblem } from '../tls-problem.ts';
import { type Counterpart, nameAtStart } from './counterpart.ts';
import { retryAfterMs } from './retry-after.ts';

/** The part of a reply that decides what it means. */
export interface ReplyHead {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Marks a failure to connect: no request was sent. */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
}

/** The usual way to say that there is no such thing. */
export function isNotFound({ statusCode }: ReplyHead): boolean {
  return statusCode === 404 || statusCode === 410;
}

/**
 * The error that a status means, other than 200 and "no such thing".
 *
 * @param credentials the settings that hold them
 */
export function statusError(
  of: Counterpart,
  reply: ReplyHead,
  url: URL,
  credentials: string = of.credentials,
): SyncError {
  const { reasons } = of;
  const name = nameAtStart(of);
  const { statusCode } = reply;
  const waitMs = retryAfterMs(header(reply, 'retry-after'), header(reply, 'date'));
  if (statusCode === 401 || statusCode === 403) {
    return new SyncError(reasons.refused, `${name} refused the credentials (HTTP ${statusCode}).`, {
      remedy: `Check ${credentials}, and that it may ${of.right}.`,
    });
  }
  if (statusCode === 429 || (statusCode === 503 && waitMs !== undefined)) {
    const wait = waitMs === undefined ? '' : ` and asks us to wait ${Math.ceil(waitMs / 1000)} s`;
    return new SyncError(reasons.busy, `${name} is not accepting requests (HTTP ${statusCode})${wait}.`, {
      retryAfterMs: waitMs,
      mayEndSooner: statusCode === 503,
    });
  }
  if (statusCode >= 300 && statusCode < 400) {
    return new SyncError(reasons.error, redirectMessage(of, statusCode, header(reply, 'location'), url));
  }
  // As nginx and Apache do.
  const hint = statusCode === 400 && url.protocol === 'http:' && isWebPage(reply) ? HTTPS_HINT : '';
  return new SyncError(reasons.error, `${name} answered HTTP ${statusCode}, expected 200${hint}.`);
}

/** An API says "no such order" in JSON, or not at all; a page may mean that there is no API at this address. */
export function isWebPage(reply: ReplyHead): boolean {
  return /^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(header(reply, 'content-type') ?? '');
}

/**
 * A redirect is never followed: it would carry the token wherever it points. The message shows the origin of another server,
 * or the path on the same: the rest may hold anything, secrets and names included.
 */
function redirectMessage(of: Counterpart, statusCode: number, location: string | undefined, from: URL): string {
  const target = location === undefined ? null : URL.parse(location, from);
  const path = target?.origin === from.origin ? target.pathname.slice(0, MAX_SHOWN_PATH) : '';
  const where = target === null ? 'nowhere' : `to ${target.origin}${path}`;
  return (
    `${nameAtStart(of)} redirects (HTTP ${statusCode}) ${where}, and redirects are not followed. ` +
    `Set ${of.address} to the final address.`
  );
}

const MAX_SHOWN_PATH = 200;

/** The error for a request that ended without a complete reply. */
export function transportError(of: Counterpart, error: unknown, origin: string): SyncError {
  if (error instanceof SyncError) return error;
  if (error instanceof ConnectError) return unreachable(of, origin, connectProblem(error), error.cause);
  const code = errorCode(error);
  switch (code) {
    // This process is out of file descriptors. undici loads its parser upon the first connection.
    case 'EMFILE':
    case 'ENFILE':
      return unreachable(of, origin, code, error);
    case 'UND_ERR_RES_EXCEEDED_MAX_SIZE':
      return badReply(of, 'it is larger than allowed', error);
    case 'UND_ERR_SOCKET':
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
    case 'ECONNRESET':
    case 'EPIPE':
      return badReply(of, `the connection was closed before the reply was complete${perhapsTls(error, origin)}`, error);
    case 'UND_ERR_HEADERS_OVERFLOW':
      return badReply(of, 'its headers are too large', error);
    default:
      // Without the cause: a parser's error quotes the reply, which holds personal data.
      return error instanceof errors.HTTPParserError
        ? badReply(of, `it is not valid HTTP (${error.code})${perhapsTls(error, origin)}`)
        : new SyncError('unexpected', `The request to ${of.name} failed: ${code}.`, { cause: error });
  }
}

const TLS = { ca: 'NODE_EXTRA_CA_CERTS', withoutTls: 'an address that begins with http://' };

function unreachable({ reasons }: Counterpart, origin: string, problem: string, cause: unknown): SyncError {
  return new SyncError(reasons.unreachable, `No connection to ${origin}: ${problem}.`, { cause, isOver: true });
}

/** A server that expects TLS hangs up on plain HTTP, or answers in bytes of its own. */
function perhapsTls(error: unknown, origin: string): string {
  if (!origin.startsWith('http:')) return '';
  const { socket } = error as { socket?: { bytesRead?: unknown } };
  const isSilent = socket?.bytesRead === 0;
  return isSilent || error instanceof errors.HTTPParserError ? HTTPS_HINT : '';
}

const HTTPS_HINT = '; if this port is one for TLS, its address begins with https://';

export function badReply(of: Counterpart, problem: string, cause?: unknown): SyncError {
  return new SyncError(of.reasons.badReply, `${nameAtStart(of)}'s reply can't be used: ${problem}.`, { cause });
}

export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

export function header(reply: ReplyHead, name: string): string | undefined {
  const value = reply.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function connectProblem({ message, cause }: ConnectError): string {
  return cause === undefined ? message : whyNoConnection(cause);
}

/** The error of a connection that could not be made, in words that complete "No connection to …:". */
export function whyNoConnection(cause: unknown, tls: TlsSettings = TLS): string {
  const code = errorCode(cause);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `its name can't be resolved (${code})`;
  return tlsProblem(cause, tls) ?? code;
}
