import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

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
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return { url: `http://127.0.0.1:${address.port}`, requests };
}
