import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const PUBLISHED_IN = '00f067aa0ba902b7';
const TRACE = { traceparent: `00-${TRACE_ID}-${PUBLISHED_IN}-01` };

const span = z.object({
  name: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  parentId: z.string().optional(),
  attributes: z.record(z.string(), z.unknown()),
  status: z.object({ code: z.number(), message: z.string().optional() }),
  links: z.array(z.string()),
});
type Span = z.infer<typeof span>;

/** From 10086 on. */
const someOrders = (count: number) =>
  Array.from({ length: count }, (_, n) => anOrderDocument({ orderNumber: String(10_086 + n), shopOrderId: `id-${n}` }));

/** A daemon that was started with OpenTelemetry's SDK. */
function aTracedWorkplace(env: Readonly<Record<string, string>>) {
  const sdk = new URL('../helpers/opentelemetry.ts', import.meta.url).href;
  const workplace = aWorkplace({ ...env, NODE_OPTIONS: `--import=${sdk}` });
  const file = join(workplace.folder, 'spans.jsonl');
  const spans = (): Span[] =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => span.parse(JSON.parse(line)));
  return { workplace: { ...workplace, env: { ...workplace.env, SPANS_FILE: file } }, spans };
}

test('a delivery has a span in the trace of its event, its steps are below it, and its log line names it', async () => {
  const { workplace, spans } = aTracedWorkplace(shopEnv(await aShop({ orders: someOrders(1) })));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, '10086', { headers: TRACE });
  const line = await daemon.line(({ outcome }) => outcome !== undefined);
  const [delivery, ...others] = spans().filter(({ name }) => name === 'sync order');
  expect(others).toEqual([]);
  expect(delivery).toMatchObject({
    traceId: TRACE_ID,
    parentId: PUBLISHED_IN,
    status: { code: 0 },
    attributes: {
      'messaging.system': 'rabbitmq',
      'messaging.destination.name': workplace.queue,
      'order_sync.order': '10086',
      'order_sync.outcome': 'synced',
      'order_sync.attempt': 1,
    },
  });
  expect(line).toMatchObject({ trace_id: TRACE_ID, span_id: delivery?.spanId });
  const steps = spans().filter(({ parentId }) => parentId === delivery?.spanId);
  expect(steps.map(({ name, traceId }) => [name, traceId])).toEqual([
    ['fetch', TRACE_ID],
    ['write', TRACE_ID],
  ]);
});

test('a failed delivery has a failed span, which says why and nothing of the order', async () => {
  const { workplace, spans } = aTracedWorkplace(shopEnv(await aShop({ orders: [] })));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, '10086');
  const { trace_id, span_id } = await daemon.line(({ outcome }) => outcome === 'retrying');
  const failed = { code: 2, message: 'order_not_found' };
  expect(spans().find(({ name }) => name === 'sync order')).toMatchObject({
    traceId: trace_id,
    spanId: span_id,
    status: failed,
    attributes: { 'order_sync.outcome': 'retrying', 'order_sync.reason': 'order_not_found' },
  });
  expect(spans().find(({ name }) => name === 'fetch')?.status).toEqual(failed);
});

test('what several orders share has one span, with a link to each', async () => {
  const { workplace, spans } = aTracedWorkplace({
    ...shopEnv(await aShop({ orders: someOrders(40) })),
    SHOP_BATCH_SIZE: '50',
  });
  const bystander = await aBystander();
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await Promise.all(Array.from({ length: 40 }, (_, n) => bystander.publish(workplace.queue, String(10_086 + n))));
  await daemon.line(() => daemon.outcomes().length === 40);
  for (const step of ['fetch', 'write']) {
    const own = new Set(spans().flatMap(({ name, spanId }) => (name === step ? [spanId] : [])));
    const batches = spans().filter(({ name }) => name === `${step} batch`);
    expect(own.size).toBe(40);
    expect(batches.length).toBeGreaterThan(0);
    for (const { links, parentId, attributes } of batches) {
      expect(links.length).toBe(attributes['order_sync.batch_size']);
      expect(links.length).toBeGreaterThan(1);
      expect(links.filter((link) => !own.has(link))).toEqual([]);
      expect(links[0]).toBe(parentId);
    }
    const linked = batches.flatMap(({ links }) => links);
    expect(new Set(linked).size).toBe(linked.length);
  }
});

test('an SDK that fails costs no order', async () => {
  const { workplace } = aTracedWorkplace({
    ...shopEnv(await aShop({ orders: someOrders(1) })),
    FAIL_AT_SPAN: 'sync order',
  });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, '10086');
  expect(await daemon.line(({ outcome }) => outcome !== undefined)).toMatchObject({ outcome: 'synced' });
  expect(daemon.lines.filter(({ msg }) => msg.startsWith('a bug'))).toEqual([]);
});

test('without an SDK, the log line has no span', async () => {
  const workplace = aWorkplace(shopEnv(await aShop({ orders: someOrders(1) })));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, '10086', { headers: TRACE });
  const line = await daemon.line(({ outcome }) => outcome === 'synced');
  expect(line['trace_id']).toBe(TRACE_ID);
  expect(line).not.toHaveProperty('span_id');
});
