import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { listening } from '../../helpers/network/listening.ts';

export interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. @defaultValue nothing */
  readonly body?: unknown;
}

export interface StandIn {
  /** Without a slash at its end. */
  readonly origin: string;
  readonly requests: Received[];
}

/** A server on loopback, until the test is over. A promise that is never kept leaves the client without an answer. */
export async function standIn(answer: (request: Received) => Answer | Promise<Answer>): Promise<StandIn> {
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    const reply = async () => {
      const { method = '', url = '', headers } = request;
      const received = { method, url: new URL(url, 'http://stand-in'), headers, body: await text(request) };
      requests.push(received);
      const { status = 200, headers: sent = {}, body } = await answer(received);
      const isText = typeof body === 'string' || body === undefined;
      response
        .writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json', ...sent })
        .end(isText ? body : JSON.stringify(body));
    };
    reply().catch((error) => response.destroy(error));
  });
  return { origin: await listening(server), requests };
}

/** The JSON of a request; undefined if it is none, or not announced as JSON. */
export function jsonBody({ method, headers, body }: Received): Readonly<Record<string, unknown>> | undefined {
  if (method !== 'POST' || !/^application\/json\b/.test(headers['content-type'] ?? '')) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** At most so many in a minute. */
export function limitOf(most: number): () => boolean {
  let times: number[] = [];
  return () => {
    const now = Date.now();
    times = [...times.filter((time) => now - time < 60_000), now];
    return times.length <= most;
  };
}
