import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { type DemoShop, type DemoShopOptions, startDemoShop } from '../../../demo/demo-shop.ts';
import { SyncError } from '../../../src/errors.ts';
import { REST_SHOP_DEFAULTS, type RestShopOptions } from '../../../src/shop/rest/options.ts';
import { createRestShop } from '../../../src/shop/rest/rest-shop.ts';
import type { FetchResult, ShopClient } from '../../../src/shop/shop-client.ts';

export const TOKEN = 'a-token-that-must-not-leak';

export const neverAborted = new AbortController().signal;

/** A demo shop and a client for it, both closed when the test is over. */
export async function aShop(
  demo: DemoShopOptions = {},
  options: Partial<RestShopOptions> = {},
): Promise<{ shop: DemoShop; client: ShopClient }> {
  const shop = await startDemoShop({ token: TOKEN, ...demo });
  onTestFinished(() => shop.close());
  return { shop, client: aClient(shop.url, options) };
}

export function aClient(baseUrl: string, options: Partial<RestShopOptions> = {}): ShopClient {
  const client = createRestShop({ ...REST_SHOP_DEFAULTS, baseUrl, token: TOKEN, timeoutMs: 20_000, ...options });
  onTestFinished(() => client.close?.());
  return client;
}

/** A TCP server that answers as the test wants, closed when it is over. */
export async function aRawServer(
  onRequest: (socket: Socket, nthOnSocket: number) => void,
): Promise<{ url: string; sockets: readonly Socket[]; requests: readonly string[] }> {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    let nthOnSocket = 0;
    socket.on('error', () => undefined);
    // A GET is small: it arrives in one piece.
    socket.on('data', (data) => {
      requests.push(data.toString('latin1'));
      nthOnSocket++;
      onRequest(socket, nthOnSocket);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return { url: `http://127.0.0.1:${address.port}`, sockets, requests };
}

export function httpReply(body: string, headers = ''): string {
  return `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

/** The result of fetching one order alone. */
export async function fetchOne(client: ShopClient, reference: string): Promise<FetchResult> {
  const results = await client.fetchOrders([reference], neverAborted);
  expect([...results.keys()]).toEqual([reference]);
  const result = results.get(reference);
  if (result === undefined) throw new Error('no result');
  return result;
}

/** The SyncError of the rejection, which must hold no secret and, causes included, nothing of the reply. */
export async function failureOf(promise: Promise<unknown>, personal = '王小明'): Promise<SyncError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SyncError)) throw new Error(`expected a SyncError, found ${inspect(error)}`);
  const everything = inspect(error, { depth: 10, showHidden: true });
  expect(everything).not.toContain(TOKEN);
  expect(everything).not.toContain(personal);
  return error;
}
