/**
 * The floor, with order-sync's duties added one after another: each is order-sync's own code, in a straight line. Nothing waits, is
 * retried, is given back or fails by itself. With all duties, it takes the least that order-sync could take.
 */
import { type ConsumeMessage, connect } from 'amqplib';
import { Client } from 'pg';
import { type Dispatcher, Pool } from 'undici';
import { AckMemory } from '../../src/ack-memory/ack-memory.ts';
import { ackedOrder } from '../../src/ack-memory/acked-order.ts';
import { AckBuffer } from '../../src/broker/ack-buffer.ts';
import { Delivery } from '../../src/broker/delivery.ts';
import { JSON_HEADERS } from '../../src/client/json-http.ts';
import { parseReply } from '../../src/client/reply-body.ts';
import { Attempt } from '../../src/delivery/attempt.ts';
import { insertNew, leftOut, newOrderRows } from '../../src/internal-system/postgres/insert-new.ts';
import { likelyNew } from '../../src/internal-system/sql/new-orders.ts';
import { prefixedTables } from '../../src/internal-system/sql/tables.ts';
import { rejectUnstorable } from '../../src/internal-system/sql/write-orders.ts';
import { logOutcome } from '../../src/logging/delivery-log.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { decodeOrderEvent, namesSeveral } from '../../src/messages/decode/decode-event.ts';
import type { OrderEvent } from '../../src/messages/order-event.ts';
import type { Order } from '../../src/orders/order.ts';
import { SHOP } from '../../src/shop/http/failures.ts';
import { readOrder } from '../../src/shop/rest/read-orders.ts';
import { setUpV8 } from '../../src/v8-settings.ts';
import { DUTIES, type Duty } from './duties.ts';
import { settings } from './script-settings.ts';
import { UPSERT } from './upsert.ts';

const last = Number(process.env['LAST_DUTY']);
const has = (duty: Duty) => DUTIES.indexOf(duty) <= last;

const MAX_FAILURES = 5;
const TIMEOUT_MS = 10_000;

/** What is known of one order until it is acked. */
interface Work {
  readonly message: ConsumeMessage;
  readonly reference: string;
  /** Set with the duty of decoding. */
  readonly decoded: { delivery: Delivery; attempt: Attempt; event: OrderEvent } | undefined;
  readonly fetchedAt: Date;
}

/** The order is valid with the duty of validation. */
interface Fetched extends Work {
  readonly order: Order;
  readonly writtenAt: number;
}

if (has('small heap')) setUpV8();
const { brokerUrl, queue, shopUrl, databaseUrl, concurrency } = settings();
const log = has('log') ? await createLogger({ level: 'info' }) : undefined;
const memory = has('ack memory')
  ? new AckMemory({ path: 'acked.sqlite', scope: 'shop', warn: (message) => process.stderr.write(`${message}\n`) })
  : undefined;
const insertion = insertNew(prefixedTables(''));
const database = new Client(databaseUrl);
await database.connect();
// As order-sync does: a plan made on empty tables would read them whole.
if (has('storage')) await database.query('SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off');
const shop = new Pool(shopUrl, { connections: concurrency });
const channel = await (await connect(brokerUrl)).createChannel();
await channel.prefetch(2 * concurrency);
const ackBuffer = new AckBuffer(channel);
const { signal: gone } = new AbortController();

const ready: Fetched[] = [];
let isWriting = false;

await channel.consume(queue, (message) => void take(message));

async function take(message: ConsumeMessage | null): Promise<void> {
  if (message === null) throw new Error('the queue was deleted');
  const work = begin(message);
  work.decoded?.attempt.begin('fetch');
  const order = read(await get(`/orders/${encodeURIComponent(work.reference)}`), work.reference);
  if (work.decoded !== undefined) {
    work.decoded.attempt.order = order;
    work.decoded.attempt.begin('write');
  }
  ready.push({ ...work, order, writtenAt: Date.now() });
  if (!isWriting) await writeAll();
}

function begin(message: ConsumeMessage): Work {
  const fetchedAt = new Date();
  if (!has('decoding')) {
    const { orderNumber }: { orderNumber: string } = JSON.parse(message.content.toString());
    return { message, reference: orderNumber, decoded: undefined, fetchedAt };
  }
  ackBuffer.add(message);
  const delivery = new Delivery(message, ackBuffer, gone);
  const attempt = new Attempt(delivery, MAX_FAILURES);
  const event = decodeOrderEvent(delivery);
  if (namesSeveral(event)) throw new Error('an event of several orders');
  attempt.event = event;
  return { message, reference: event.reference, decoded: { delivery, attempt, event }, fetchedAt };
}

function get(path: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const timer = has('deadlines') ? setTimeout(reject, TIMEOUT_MS, new Error('no reply in time')) : undefined;
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => undefined,
      onResponseStart: () => undefined,
      onResponseData: (_, chunk) => void chunks.push(chunk),
      onResponseEnd: () => {
        clearTimeout(timer);
        const [first] = chunks;
        resolve(first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks));
      },
      onResponseError: (_, error) => reject(error),
    };
    shop.dispatch({ method: 'GET', path, ...(has('validation') ? { headers: JSON_HEADERS } : {}) }, handler);
  });
}

function read(body: Buffer, reference: string): Order {
  if (!has('validation')) return JSON.parse(body.toString());
  const result = readOrder(parseReply(SHOP, body), reference);
  if (result.kind !== 'order') throw new Error(`order ${reference}: ${result.kind}`);
  return result.order;
}

async function writeAll(): Promise<void> {
  isWriting = true;
  while (ready.length > 0) {
    const batch = ready.splice(0);
    await write(batch);
    for (const work of batch) end(work);
  }
  isWriting = false;
}

async function write(batch: readonly Fetched[]): Promise<void> {
  if (!has('storage')) {
    const orders = JSON.stringify(batch.map(({ order }) => order));
    await database.query({ name: 'upsert', text: UPSERT, values: [orders] });
    return;
  }
  const snapshots = batch.flatMap(({ order, fetchedAt, decoded }) =>
    decoded === undefined ? [] : [{ order, fetchedAt, eventInfo: decoded.attempt.eventInfo(decoded.event) }],
  );
  for (const { order } of snapshots) rejectUnstorable(order);
  const likely = likelyNew(snapshots);
  const values = ['shop', newOrderRows(likely), new Date().toISOString()];
  const { rows } = await database.query({ name: 'insert-new', text: insertion, values });
  if (likely.length < batch.length || leftOut(rows[0], likely).length > 0) throw new Error('an order was left out');
}

function end({ message, decoded, order, writtenAt }: Fetched): void {
  decoded?.attempt.begin('settle');
  memory?.note(ackedOrder(order, { writtenAt, ackedAt: Date.now() }));
  if (decoded === undefined) channel.ack(message);
  else decoded.delivery.ack();
  if (log !== undefined && decoded !== undefined)
    logOutcome(log.logger, decoded.attempt.end({ outcome: 'synced' }).facts);
}
