import { describe, expect, test } from 'vitest';
import { OUTCOMES } from '../../src/delivery/outcome.ts';
import { FAILURE_REASONS, SyncError } from '../../src/errors.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { WEBHOOK_RESULTS, type WebhookResult } from '../../src/webhooks/results.ts';
import { someFacts } from '../helpers/delivery-facts.ts';
import { someDepths, someState } from './daemon-state.ts';

/** name{labels} → value */
async function samplesOf(metrics: { render(): Promise<string> }): Promise<Map<string, number>> {
  const lines = (await metrics.render()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

describe('deliveries', () => {
  test('are counted by outcome and reason', async () => {
    const metrics = createMetrics(someState());
    metrics.observe(someFacts());
    metrics.observe(someFacts());
    metrics.observe(someFacts({ outcome: 'retrying', reason: 'not_yet_paid' }));
    const samples = await samplesOf(metrics);
    expect(samples.get('order_sync_deliveries_total{outcome="synced",reason="none"}')).toBe(2);
    expect(samples.get('order_sync_deliveries_total{outcome="retrying",reason="not_yet_paid"}')).toBe(1);
    expect(samples.get('order_sync_deliveries_total{outcome="dead-lettered",reason="malformed_event"}')).toBe(0);
  });

  test('have their times, in seconds; an unknown time is not counted', async () => {
    const metrics = createMetrics(someState());
    metrics.observe(someFacts({ queueMs: -5, fetchMs: 250, writeMs: null, totalMs: 500 }));
    const samples = await samplesOf(metrics);
    expect(samples.get('order_sync_queue_seconds_count')).toBe(1);
    expect(samples.get('order_sync_queue_seconds_sum')).toBe(0);
    expect(samples.get('order_sync_fetch_seconds_sum')).toBe(0.25);
    expect(samples.get('order_sync_write_seconds_count')).toBe(0);
    expect(samples.get('order_sync_total_seconds_sum')).toBe(0.5);
  });

  test('add no series beyond outcomes × reasons', async () => {
    const metrics = createMetrics(someState());
    const before = (await samplesOf(metrics)).size;
    for (const reason of FAILURE_REASONS) {
      for (const outcome of ['retrying', 'dead-lettered', 'requeued'] as const)
        metrics.observe(someFacts({ outcome, reason }));
    }
    for (const outcome of OUTCOMES) metrics.observe(someFacts({ outcome, orderNumber: `order-of-${outcome}` }));
    const after = await samplesOf(metrics);
    expect([...after.keys()].filter((name) => name.includes('order-of'))).toEqual([]);
    // `retrying` and `dead-lettered` without a reason, which nothing above created.
    expect(after.size - before).toBeLessThanOrEqual(2);
  });
});

test('an outage says whose it is, and whether our credentials are refused', async () => {
  for (const [reason, dependency, isRefused] of [
    ['shop_unreachable', 'shop', 0],
    ['shop_refused_credentials', 'shop', 1],
    ['internal_system_refused_credentials', 'internal-system', 1],
  ] as const) {
    const outage = { dependency, since: new Date(), error: new SyncError(reason, 'HTTP 401') };
    const samples = await samplesOf(createMetrics(someState({ intake: { inFlight: 0, outage } })));
    expect(samples.get(`order_sync_outage{dependency="${dependency}"}`)).toBe(1);
    expect(samples.get(`order_sync_credentials_refused{dependency="${dependency}"}`)).toBe(isRefused);
  }
});

test('orders are counted by status, once they are written', async () => {
  const metrics = createMetrics(someState());
  metrics.observe(someFacts({ status: 'paid' }));
  metrics.observe(someFacts({ status: 'cancelled' }));
  metrics.observe(someFacts({ status: 'paid', outcome: 'unchanged' }));
  metrics.observe(someFacts({ status: 'paid', outcome: 'retrying', reason: 'write_failed' }));
  const samples = await samplesOf(metrics);
  expect(samples.get('order_sync_orders_total{status="paid"}')).toBe(1);
  expect(samples.get('order_sync_orders_total{status="cancelled"}')).toBe(1);
  expect(samples.get('order_sync_orders_total{status="completed"}')).toBe(0);
});

test('the time from publish to commit is known for written orders whose publisher sent a time', async () => {
  const metrics = createMetrics(someState());
  metrics.observe(someFacts({ queueMs: 1_000, totalMs: 500 }));
  metrics.observe(someFacts({ queueMs: null, totalMs: 500 }));
  metrics.observe(someFacts({ outcome: 'unchanged', queueMs: 1_000 }));
  const samples = await samplesOf(metrics);
  expect(samples.get('order_sync_publish_to_commit_seconds_count')).toBe(1);
  expect(samples.get('order_sync_publish_to_commit_seconds_sum')).toBe(1.5);
});

test('webhooks are counted by what became of them, where the daemon takes any', async () => {
  const counts = Object.fromEntries(WEBHOOK_RESULTS.map((result) => [result, 0])) as Record<WebhookResult, number>;
  const lastAt = new Date('2026-11-22T08:00:00Z');
  const figures = () => ({ counts: { ...counts, spooled: 3, forged: 2 }, spooled: 1, isSpoolFull: false, lastAt });
  const samples = await samplesOf(createMetrics(someState({ webhooks: figures })));
  expect(samples.get('order_sync_webhooks_total{result="spooled"}')).toBe(3);
  expect(samples.get('order_sync_webhooks_total{result="forged"}')).toBe(2);
  expect(samples.get('order_sync_webhooks_total{result="failed"}')).toBe(0);
  expect(samples.get('order_sync_webhook_spool_events')).toBe(1);
  expect(samples.get('order_sync_webhook_last_received_timestamp_seconds')).toBe(lastAt.getTime() / 1000);
  const without = await samplesOf(createMetrics(someState()));
  expect([...without.keys()].filter((name) => name.includes('webhook'))).toEqual([]);
});

test('attempts are counted when no further one follows', async () => {
  const metrics = createMetrics(someState());
  metrics.observe(someFacts({ attempt: 1, outcome: 'retrying', reason: 'shop_error' }));
  metrics.observe(someFacts({ attempt: 2, outcome: 'requeued', reason: 'interrupted' }));
  metrics.observe(someFacts({ attempt: 3 }));
  metrics.observe(someFacts({ attempt: 5, outcome: 'dead-lettered', reason: 'order_not_found' }));
  const samples = await samplesOf(metrics);
  expect(samples.get('order_sync_attempts_count')).toBe(2);
  expect(samples.get('order_sync_attempts_sum')).toBe(8);
  expect(samples.get('order_sync_attempts_bucket{le="3"}')).toBe(1);
});

describe('gauges', () => {
  test('are read at each scrape', async () => {
    let isOut = false;
    const error = new SyncError('shop_timeout', 'no answer');
    const metrics = createMetrics({
      rabbit: {
        get isUp() {
          return !isOut;
        },
        get blocked() {
          return isOut ? { reason: 'low on disk', since: new Date() } : undefined;
        },
      },
      intake: {
        get inFlight() {
          return isOut ? 12 : 0;
        },
        get outage() {
          return isOut ? { dependency: 'shop' as const, since: new Date(), error } : undefined;
        },
      },
      blockage: {
        get queues() {
          return isOut ? [{ queue: 'orders.retry.5000', since: new Date(), error: new Error('full') }] : [];
        },
      },
      pauses: { pause: undefined, isOverdue: false },
      health: () => ({ live: true, ready: !isOut }),
      load: () => ({
        fetch: { slots: 16, running: isOut ? 16 : 0, waiting: isOut ? 40 : 0 },
        write: { slots: 1, running: isOut ? 1 : 0, waiting: 0 },
      }),
      webhooks: undefined,
      depths: async () => someDepths({ waiting: isOut ? 7 : 0, retrying: 2, deadLetters: 3 }),
    });
    const gauges = async () => {
      const samples = await samplesOf(metrics);
      return [
        'order_sync_in_flight',
        'order_sync_connected',
        'order_sync_ready',
        'order_sync_outage{dependency="shop"}',
        'order_sync_outage{dependency="internal-system"}',
        'order_sync_queue_refusing{queue="retry"}',
        'order_sync_queue_refusing{queue="dead-letters"}',
        'order_sync_pool_size{pool="fetch"}',
        'order_sync_pool_busy{pool="fetch"}',
        'order_sync_pool_waiting{pool="fetch"}',
        'order_sync_pool_busy{pool="write"}',
        'order_sync_queue_messages{queue="main"}',
        'order_sync_queue_messages{queue="retry"}',
        'order_sync_queue_messages{queue="dead-letters"}',
      ].map((name) => samples.get(name));
    };
    expect(await gauges()).toEqual([0, 1, 1, 0, 0, 0, 0, 16, 0, 0, 0, 0, 2, 3]);
    isOut = true;
    expect(await gauges()).toEqual([12, 0, 0, 1, 0, 1, 0, 16, 16, 40, 1, 7, 2, 3]);
  });

  test('that only the broker knows are absent while they are unknown, each by itself, not zero', async () => {
    let depths = someDepths({ waiting: 5, heldBack: 20 });
    const metrics = createMetrics(someState({ depths: async () => depths }));
    const queues = async () => {
      const samples = await samplesOf(metrics);
      const names = ['main', 'retry', 'held-back', 'dead-letters'];
      return names.map((queue) => samples.get(`order_sync_queue_messages{queue="${queue}"}`));
    };
    expect(await queues()).toEqual([5, 0, 20, 0]);
    depths = someDepths({ waiting: undefined, retrying: 2, problem: 'its node is down' });
    expect(await queues()).toEqual([undefined, 2, undefined, 0]);
  });

  test('do not wait for a broker that does not answer', async () => {
    const metrics = createMetrics(someState({ depths: () => new Promise(() => undefined) }));
    const samples = await samplesOf(metrics);
    expect(samples.get('order_sync_ready')).toBe(1);
    expect(samples.has('order_sync_queue_messages{queue="main"}')).toBe(false);
  });
});

test('the process is measured once, however many metrics there are', async () => {
  createMetrics(someState());
  const text = await createMetrics(someState()).render();
  expect(text.match(/^process_resident_memory_bytes /gm)).toHaveLength(1);
  expect(text.match(/^nodejs_eventloop_lag_p99_seconds /gm)).toHaveLength(1);
  expect(text).not.toContain('nodejs_eventloop_utilization');
});
