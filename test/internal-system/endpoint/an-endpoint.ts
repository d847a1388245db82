import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import createEndpointSink from '../../../src/internal-system/endpoint/endpoint-sink.ts';
import type { OrderSink, SinkDelivery } from '../../../src/internal-system/sink/order-sink.ts';
import { listening } from '../../helpers/network/listening.ts';
import { anOrder, type OrderDocument } from '../../helpers/order-builder.ts';

export const SECRET = `whsec_${Buffer.from('a secret of the tests, 32 bytes.').toString('base64')}`;

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A company's endpoint that answers as the test wants, or cuts the connection. */
export async function anEndpoint(answer: (request: Received) => Answer | 'cut' | Promise<Answer | 'cut'> = () => ({})) {
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    const reply = async () => {
      const { method = '', url = '', headers } = request;
      const received = { method, url, headers, body: await text(request) };
      requests.push(received);
      const given = await answer(received);
      if (given === 'cut') return void response.destroy();
      response.writeHead(given.status ?? 204, given.headers ?? {}).end(given.body ?? '');
    };
    reply().catch((error) => response.destroy(error));
  });
  return { url: await listening(server), requests };
}

/** The sink for it, closed when the test is over. */
export async function aSink(url: string, env: Readonly<Record<string, string>> = {}): Promise<OrderSink> {
  const settings = { INTERNAL_SYSTEM_HTTP_URL: url, INTERNAL_SYSTEM_HTTP_SECRET: SECRET, ...env };
  const sink = await createEndpointSink({ shop: 'shop', env: settings });
  onTestFinished(() => sink.close?.());
  return sink;
}

export function aDelivery(order: Partial<OrderDocument> = {}, overrides: Partial<SinkDelivery> = {}): SinkDelivery {
  const delivered = anOrder(order);
  const key = `shop/${delivered.shopOrderId}`;
  return { key, shop: 'shop', order: delivered, revision: 1, previous: undefined, uncertain: false, ...overrides };
}

export function aSignal(): AbortSignal {
  return new AbortController().signal;
}
