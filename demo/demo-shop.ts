import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDemoOrders, type OrderDocument } from './orders/make-orders.ts';
import { answer, type Fault } from './shop/faults.ts';
import { type ReportRecord, ShipmentDesk } from './shop/shipment-desk.ts';
import { type Answer, answerTo, json, OrderBook, parseQuery, type Query } from './shop/shop-api.ts';

export interface DemoShopOptions {
  /** @defaultValue '127.0.0.1' */
  readonly host?: string;
  /** 0 takes any free port. @defaultValue 0 */
  readonly port?: number;
  /** Requests need `Authorization: Bearer <token>`. @defaultValue 'demo-token' */
  readonly token?: string;
  readonly orders?: Iterable<OrderDocument>;
  /** How long each reply takes, in ms. @defaultValue 0 */
  readonly latencyMs?: number;
  /** Orders in a reply; more are cut off silently, as real shops do. @defaultValue 100 */
  readonly pageSize?: number;
  /** How far the shop's clock, which the `Date` header shows, is ahead of this machine's. @defaultValue 0 */
  readonly clockAheadMs?: number;
  /** Called for each authorized request; undefined means a proper reply. */
  readonly faults?: FaultHook;
  /** Called for each request; `requests` keeps only the last ones. */
  readonly onRequest?: (record: RequestRecord) => void;
}

export type FaultHook = (request: {
  /** The orders requested; empty for the lists of changed and placed orders, and for reports of shipments. */
  readonly references: readonly string[];
  /** How often any of these was requested, this time included. */
  readonly attempt: number;
  /** With a report of a shipment. */
  readonly shipmentId: string | undefined;
}) => Fault | undefined;

/** A request to the shop. The last 10,000 are kept. */
export interface RequestRecord {
  readonly at: Date;
  readonly path: string;
  readonly references: readonly string[];
  readonly attempt: number;
  /** The intended status; a fault may have changed the reply. */
  readonly status: number;
  readonly fault: Fault['kind'] | undefined;
  /** The orders in the reply; a fault may have kept them from arriving. */
  readonly served: readonly OrderDocument[];
}

export interface DemoShop {
  /** Base URL, without a trailing slash. */
  readonly url: string;
  readonly token: string;
  readonly requests: readonly RequestRecord[];
  /** The reports of shipments that it has taken, in their order. */
  readonly shipments: readonly ReportRecord[];
  /** Places the order, or replaces the one with the same number. */
  put(order: OrderDocument): void;
  /** By order number or shop id. */
  get(reference: string): OrderDocument | undefined;
  setFaults(faults: FaultHook | undefined): void;
  /** Closes idle connections, as servers and firewalls do. */
  closeIdleConnections(): void;
  close(): Promise<void>;
}

const MAX_RECORDS = 10_000;
const UNAUTHORIZED = { reply: json(401, { error: 'the bearer token is missing or wrong' }), served: [] };

/** A shop that speaks the shop API, keeps its orders in memory, and misbehaves when told to. */
export async function startDemoShop(options: DemoShopOptions = {}): Promise<DemoShop> {
  const {
    host = '127.0.0.1',
    port = 0,
    token = 'demo-token',
    latencyMs = 0,
    pageSize = 100,
    clockAheadMs = 0,
  } = options;
  const book = new OrderBook();
  const desk = new ShipmentDesk();
  for (const order of options.orders ?? []) book.put(order);
  const requests: RequestRecord[] = [];
  const attempts = new Map<string, number>();
  let faults = options.faults;

  function record(entry: RequestRecord): void {
    requests.push(entry);
    options.onRequest?.(entry);
    if (requests.length > MAX_RECORDS) requests.shift();
  }

  function countAttempt(names: readonly string[]): number {
    for (const name of names) attempts.set(name, (attempts.get(name) ?? 0) + 1);
    return Math.max(...names.map((name) => attempts.get(name) ?? 0));
  }

  async function answerFor(query: Query, request: IncomingMessage, fault: Fault | undefined): Promise<Answer> {
    if (query.kind !== 'shipment') return answerTo(query, book, pageSize, fault);
    return { reply: await desk.take(query, request, fault), served: [] };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    const query = parseQuery(path);
    const references = 'references' in query ? query.references : [];
    const attempt = countAttempt(references.length > 0 ? references : [path]);
    const isAuthorized = request.headers.authorization === `Bearer ${token}`;
    const shipmentId = query.kind === 'shipment' ? query.shipmentId : undefined;
    const fault = isAuthorized ? faults?.({ references, attempt, shipmentId }) : undefined;
    const { reply, served } = isAuthorized ? await answerFor(query, request, fault) : UNAUTHORIZED;
    record({ at: new Date(), path, references, attempt, status: reply.status, fault: fault?.kind, served });
    if (latencyMs > 0) await sleep(latencyMs);
    response.setHeader('date', new Date(Date.now() + clockAheadMs).toUTCString());
    await answer(response, reply, fault);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => response.destroy(error));
  });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  const actualPort = typeof address === 'object' && address !== null ? address.port : port;

  return {
    url: `http://${host}:${actualPort}`,
    token,
    requests,
    shipments: desk.taken,
    put: (order) => book.put(order),
    get: (reference) => book.find(reference),
    setFaults: (next) => {
      faults = next;
    },
    closeIdleConnections: () => server.closeIdleConnections(),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** `node demo/demo-shop.ts` runs the shop alone, with the demo's orders. */
async function main(): Promise<void> {
  const { PORT = '8080', DEMO_SHOP_HOST: host = '127.0.0.1', DEMO_SHOP_TOKEN: token = 'demo-token' } = process.env;
  const orders = makeDemoOrders({ count: 40 });
  const shop = await startDemoShop({ port: Number(PORT), host, token, orders });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void shop.close());
  const [example] = orders;
  process.stdout.write(
    `Demo shop with ${orders.length} orders at ${shop.url}, for example /orders/${example?.orderNumber}\n`,
  );
}

if (import.meta.main) await main();
