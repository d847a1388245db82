import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen } from '../http/listen.ts';
import { plain, type Reply, send } from '../http/reply.ts';
import { RequestBudget } from '../http/request-budget.ts';
import type { ReceivedWebhook } from './contents.ts';
import type { Gate } from './gate.ts';
import type { Preset } from './presets.ts';
import { BodyTooLargeError, MAX_BODY_BYTES, receiveBody } from './receive-body.ts';
import type { WebhookResult } from './results.ts';
import { SignatureCheck } from './signature.ts';

export interface WebhookServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly preset: Preset;
  readonly gate: Gate;
  /** Takes a genuine webhook. @returns what became of it; never rejects */
  readonly take: (webhook: ReceivedWebhook) => Promise<WebhookResult>;
  /** Of each request that was not a mere look. */
  readonly onResult: (result: WebhookResult) => void;
  /** Answers a GET of one of the process's own paths; undefined for any other path. */
  readonly ownPage?: (path: string) => Promise<Reply> | undefined;
}

export interface WebhookServer {
  readonly port: number;
  /** Takes no more, and finishes what has arrived. */
  close(): Promise<void>;
}

/** A shop sends its few kilobytes at once; a proxy in front has them all before it begins. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  // Longer than a proxy keeps an idle connection, or it would send a webhook into one that closes.
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16_384,
};
const MAX_CONNECTIONS = 1_000;
/** A flood of forgeries must leave the process time for orders. */
const REQUESTS_PER_SECOND = 500;
/** Of what is under way when the server closes. */
const CLOSE_WITHIN_MS = 5_000;

/**
 * Serves `POST /webhooks/<preset or shop name>`, with `/<token>` for shops that cannot sign.
 *
 * @throws ConfigError when it cannot listen there
 */
export async function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  const budget = new RequestBudget(REQUESTS_PER_SECOND);
  let isClosing = false;
  const server = createServer(LIMITS, async (request, response) => {
    try {
      if (!(await budget.take(request.socket))) return;
      const reply = await answer(request, options);
      if (isClosing || reply.status === TOO_LARGE) response.setHeader('connection', 'close');
      send(response, reply);
      // What was refused unread: closed over it, the connection would be reset, and the answer lost.
      request.resume();
    } catch {
      // The connection broke off, or something that nobody foresaw: the shop must not take it for a 200.
      options.onResult('refused');
      response.destroy();
    }
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, options, 'WEBHOOK_PORT, WEBHOOK_HOST');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        isClosing = true;
        const timer = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

async function answer(request: IncomingMessage, options: WebhookServerOptions): Promise<Reply> {
  const { gate, onResult } = options;
  const url = URL.parse(request.url ?? '/', 'http://webhooks');
  if (request.method === 'GET' || request.method === 'HEAD') {
    return (await options.ownPage?.(url?.pathname ?? '')) ?? greeting(url?.searchParams.get('challenge'));
  }
  if (request.method !== 'POST') return plain(405, 'Only POST, GET and HEAD.', { allow: 'POST, GET, HEAD' });
  const entrance = gate.entrance(url?.pathname ?? '');
  switch (entrance) {
    case 'unknown':
      onResult('refused');
      return plain(404, `Not found. Webhooks go to ${gate.paths}.`);
    case 'wrong-token':
      onResult('forged');
      return plain(401, 'The token in the path is wrong.');
    case 'signed':
    case 'open':
      return await receive(request, entrance === 'signed', options);
    default:
      return entrance satisfies never;
  }
}

/** Whoever sets up a webhook looks at its address first, and some shops do: Adobe's wants its challenge back. */
function greeting(challenge: string | null | undefined): Reply {
  if (/^[\w-]{1,200}$/.test(challenge ?? '')) return { ...plain(200, ''), body: challenge ?? '' };
  return plain(200, 'order-sync takes webhooks here, by POST.');
}

async function receive(
  request: IncomingMessage,
  mustBeSigned: boolean,
  { gate, preset, take, onResult }: WebhookServerOptions,
): Promise<Reply> {
  const { signatureHeader, pingBody, thanks } = preset;
  const check = new SignatureCheck(mustBeSigned ? gate.secrets() : []);
  let body: Buffer | undefined;
  try {
    body = await receiveBody(request, (chunk) => check.update(chunk));
  } catch (error) {
    if (!(error instanceof BodyTooLargeError)) throw error;
    onResult('refused');
    return plain(TOO_LARGE, `Expected at most ${MAX_BODY_BYTES} bytes.`);
  }
  if (body !== undefined && pingBody?.test(body.toString('latin1', 0, LONGEST_PING)) === true) {
    onResult('ping');
    return ok(thanks);
  }
  if (mustBeSigned && !check.matches(oneOf(request.headers[signatureHeader]))) {
    onResult('forged');
    return plain(401, `The signature in ${signatureHeader} is missing or wrong.`);
  }
  const result = await take({ body, headers: request.headers });
  onResult(result);
  if (result !== 'failed') return ok(thanks);
  return plain(503, 'Neither RabbitMQ nor the disk takes events at present.', { 'retry-after': RETRY_AFTER_SECONDS });
}

const TOO_LARGE = 413;
const LONGEST_PING = 100;
const RETRY_AFTER_SECONDS = '60';

function ok([type, body]: readonly [string, string]): Reply {
  return { status: 200, type, body };
}

function oneOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
