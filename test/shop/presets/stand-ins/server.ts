import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';

export interface StandInRequest {
  readonly method: string;
  /** With its query. */
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface StandInReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is text. */
  readonly body: unknown;
}

/** An HTTP server on loopback that answers as the shop's documentation says, closed after the test. */
export async function aStandIn(answer: (request: StandInRequest) => Promise<StandInReply> | StandInReply) {
  const server = createServer((request, response) => {
    void handle(request).then(
      ({ status, headers, body }) => {
        response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
        response.end(typeof body === 'string' ? body : JSON.stringify(body));
      },
      (error: unknown) => {
        response.writeHead(599).end(String(error));
      },
    );
  });

  async function handle(request: IncomingMessage): Promise<StandInReply> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '/', `http://${headers.host ?? '127.0.0.1'}`);
    return await answer({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return { url: `http://127.0.0.1:${address.port}` };
}
