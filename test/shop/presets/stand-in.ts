import { createServer, type IncomingHttpHeaders } from 'node:http';
import { listening } from '../../helpers/network/listening.ts';

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** The parsed JSON of its body; null if it has none. */
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json: unknown;
}

/** A shop's server that answers as the test says, and remembers what it was asked. It is closed after the test. */
export async function aStandIn(answer: (asked: Asked) => Answer): Promise<{ url: string; asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const { method = '', url = '', headers } = request;
    const question = { method, url: new URL(url, 'http://shop'), headers, body: text === '' ? null : JSON.parse(text) };
    asked.push(question);
    const { status = 200, headers: extra = {}, json } = answer(question);
    response.writeHead(status, { 'content-type': 'application/json', ...extra });
    response.end(JSON.stringify(json));
  });
  return { url: await listening(server), asked };
}

/** Everything that a list yields. */
export async function all<T>(list: AsyncIterable<T> = nothing()): Promise<T[]> {
  const items: T[] = [];
  for await (const item of list) items.push(item);
  return items;
}

async function* nothing(): AsyncGenerator<never> {}
