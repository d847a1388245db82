import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { listening } from './network/listening.ts';

/** An order in the ERP. `picking` is the staff's. */
export interface ErpOrder {
  readonly id: string;
  readonly reference: string;
  readonly cancelled: boolean;
  readonly currency: string;
  readonly total: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number; readonly amount: string }[];
  picking?: boolean;
}

export interface StandInErp {
  readonly url: string;
  readonly env: { readonly ERP_URL: string; readonly ERP_TOKEN: string };
  readonly orders: Map<string, ErpOrder>;
  /** What was written, in the order in which it was: `POST <reference>` or `PUT <reference>`. */
  readonly writes: string[];
  /** Answers every request with this status; 0: as it should. */
  status: number;
}

const TOKEN = 'erp-token';

/** The ERP that examples/order-sink.ts speaks to. A request takes its time, and has its effect in the middle of it. */
export async function aStandInErp({ requestMs = 0, isUnique = false } = {}): Promise<StandInErp> {
  const orders = new Map<string, ErpOrder>();
  const writes: string[] = [];
  const byReference = (reference: unknown) => [...orders.values()].filter((order) => order.reference === reference);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (status: number, json: unknown = {}) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
    const { pathname, searchParams } = new URL(request.url ?? '/', erp.url);
    const body = await text(request);
    if (erp.status !== 0) return answer(erp.status);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return answer(401);
    if (request.method === 'GET') return answer(200, byReference(searchParams.get('reference')));
    await sleep(requestMs / 2);
    const order = JSON.parse(body) as Omit<ErpOrder, 'id'>;
    if (order.currency === 'XTS') return answer(422, { error: 'no such currency' });
    if (request.method === 'POST' && isUnique && byReference(order.reference).length > 0) return answer(409);
    const id =
      request.method === 'POST' ? `S${orders.size + 1}` : decodeURIComponent(pathname.slice('/orders/'.length));
    const stored = { ...order, id, picking: orders.get(id)?.picking ?? false };
    orders.set(id, stored);
    writes.push(`${request.method} ${order.reference}`);
    await sleep(requestMs / 2);
    answer(200, stored);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.destroy(error));
  });
  const url = await listening(server);
  const erp: StandInErp = { url, env: { ERP_URL: url, ERP_TOKEN: TOKEN }, orders, writes, status: 0 };
  return erp;
}
