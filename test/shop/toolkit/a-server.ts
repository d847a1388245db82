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
  readonly headers?: Record<string, string>;
  /** Sent as JSON, unless it is text. */
  readonly body?: unknown;
}

/** A server that answers as the test wants, closed when it is over. */
export async function aServer(answer: (request: Received, nth: number) => Answer | Promise<Answer>) {
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    const reply = async () => {
      const { method = '', url = '/', headers } = request;
      const received = { method, url: new URL(url, 'http://shop'), headers, body: await text(request) };
      requests.push(received);
      const { status = 200, headers: more = {}, body = {} } = await answer(received, requests.length);
      response.writeHead(status, { 'content-type': 'application/json', ...more });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    reply().catch((error) => response.destroy(error));
  });
  const url = await listening(server);
  return { url: url, requests };
}
