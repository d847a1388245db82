import { EventSourceParserStream } from 'eventsource-parser/stream';
import { expect, onTestFinished, test } from 'vitest';
import type { DeliveryEvent, Snapshot, Tick } from '../../../../src/ops/dashboard/messages.ts';
import { anOrderDocument } from '../../../helpers/order-builder.ts';
import { aDashboard, bearer, type RunningDashboard, TOKENS, VIEWER_TOKEN } from '../helpers/dashboard.ts';

const EVENTS = 600;
const orders = Array.from({ length: EVENTS }, (_, index) => anOrderDocument({ orderNumber: `N${index}` }));

/** What a live stream has sent so far. */
async function followed({ url }: RunningDashboard, query: string, headers: Record<string, string> = {}) {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const response = await fetch(`${url}api/live${query}`, { headers, signal: leaving.signal });
  expect(response.status).toBe(200);
  const received = { first: [] as DeliveryEvent[], later: [] as DeliveryEvent[], skipped: 0 };
  const joined = Promise.withResolvers<void>();
  const read = async () => {
    const events = response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { event, data } of events ?? []) {
      const { deliveries, ...rest } = JSON.parse(data) as Snapshot | Tick;
      if (event === 'snapshot') received.first.push(...deliveries.toReversed());
      else received.later.push(...deliveries.toReversed());
      if ('skipped' in rest) received.skipped += rest.skipped;
      joined.resolve();
    }
  };
  void read().catch(() => undefined);
  await joined.promise;
  return received;
}

test('a filtered stream misses nothing that fits, however much else happens', async () => {
  const dashboard = await aDashboard({ orders });
  const [broken, two, all] = await Promise.all([
    followed(dashboard, '?outcome=dead-lettered&reason=malformed_event'),
    followed(dashboard, '?order=N3&order=N597'),
    followed(dashboard, '?outcome=synced&outcome=dead-lettered'),
  ]);
  const publish = (orderNumber: unknown, index: number) =>
    index % 10 === 0 ? dashboard.bystander.publish(dashboard.workplace.queue, '[]') : dashboard.publish(orderNumber);
  await Promise.all(orders.map(({ orderNumber }, index) => publish(orderNumber, index)));

  await expect.poll(() => all.later.length + all.skipped, { timeout: 30_000 }).toBe(EVENTS);
  await expect.poll(() => broken.later.length).toBe(EVENTS / 10);
  expect(broken.later.every(({ outcome, reason }) => outcome === 'dead-lettered' && reason === 'malformed_event')).toBe(
    true,
  );
  await expect.poll(() => two.later.map(({ order }) => order).toSorted()).toEqual(['N3', 'N597']);
  expect([broken.skipped, two.skipped]).toEqual([0, 0]);
  const ids = all.later.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
});

test('it begins with the past deliveries that fit', async () => {
  const dashboard = await aDashboard({ orders: orders.slice(0, 150) });
  await dashboard.bystander.publish(dashboard.workplace.queue, '[]');
  await dashboard.daemon.line((line) => line['outcome'] === 'dead-lettered');
  for (const { orderNumber } of orders.slice(0, 150)) await dashboard.publish(orderNumber);
  await expect.poll(() => dashboard.daemon.outcomes().length, { timeout: 20_000 }).toBe(151);

  const { first } = await followed(dashboard, '?outcome=dead-lettered');

  expect(first).toMatchObject([{ order: null, reason: 'malformed_event' }]);
});

test('an unknown filter is refused, not ignored', async () => {
  const dashboard = await aDashboard();
  const tooMany = Array.from({ length: 51 }, (_, index) => `order=N${index}`).join('&');
  for (const query of ['outcom=synced', 'outcome=lost', 'reason=', 'order=a%3Fb', '__proto__=1', tooMany]) {
    const response = await fetch(`${dashboard.url}api/live?${query}`);
    expect([query, response.status]).toEqual([query, 400]);
    expect(await response.text()).toContain('Invalid request');
  }
});

test('a client that may not look may not filter either', async () => {
  const dashboard = await aDashboard({}, TOKENS);
  expect((await fetch(`${dashboard.url}api/live?outcome=synced`)).status).toBe(401);
  await followed(dashboard, '?outcome=synced', bearer(VIEWER_TOKEN));
});
