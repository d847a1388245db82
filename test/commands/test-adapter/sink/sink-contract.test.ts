import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import createSink from '../../../../examples/order-sink.ts';
import type { Finding } from '../../../../src/commands/test-adapter/finding.ts';
import { runChecks } from '../../../../src/commands/test-adapter/run-checks.ts';
import { READING, WRITING } from '../../../../src/commands/test-adapter/sink/sink-contract.ts';
import { SinkSubject } from '../../../../src/commands/test-adapter/sink/sink-subject.ts';
import { TestedSink } from '../../../../src/commands/test-adapter/sink/tested-sink.ts';
import { SyncError } from '../../../../src/errors.ts';
import type { OrderSink, SinkDelivery } from '../../../../src/index.ts';
import { aStandInErp, type StandInErp } from '../../../helpers/stand-in-erp.ts';

const RECIPE = { shop: 'main', run: 'T1', sku: 'TEA', currency: 'CNY', startedAt: new Date('2026-11-29T08:00:00Z') };

/** Many orders have a test of their own: the processes that bring them load the sink themselves. */
const ALL = [...READING, ...WRITING].filter(({ name }) => name !== 'many orders');

/** What the contract has to say about a sink, check by check, in short: `✗ doubled …`. */
async function run(
  change: (sink: OrderSink, erp: StandInErp) => Partial<OrderSink> = () => ({}),
  { isUnique = false, only = ALL.map(({ name }) => name) } = {},
) {
  const erp = await aStandInErp({ isUnique, requestMs: 10 });
  const sink = await createSink({ shop: 'main', env: erp.env });
  const changed: OrderSink = { ...sink, settleMs: 20, ...change(sink, erp) };
  const subject = new SinkSubject(new TestedSink(changed), RECIPE, 10);
  const checks = ALL.filter(({ name }) => only.includes(name));
  const found: Record<string, readonly Finding[]> = {};
  for await (const { name, findings } of runChecks(checks, subject)) found[name] = findings;
  await sink.close?.();
  const having = (verdict: Finding['verdict']) =>
    Object.keys(found).filter((name) => found[name]?.some((finding) => finding.verdict === verdict));
  return {
    erp,
    found,
    wrong: having('wrong'),
    odd: having('odd'),
    skipped: having('skipped'),
    text: JSON.stringify(found),
  };
}

test('finds nothing wrong with the example, and leaves nothing but cancelled orders that say what they are', async () => {
  const { erp, found, wrong, odd } = await run();
  expect({ wrong, odd }).toEqual({ wrong: [], odd: ['unique key'] });
  expect(found['unique key']?.[0]?.examples?.[0]).toMatch(/^ORDER-SYNC-TEST-T1-\d+: S\d+, S\d+$/);
  expect(found['refusals']).toMatchObject([{ verdict: 'ok' }]);
  const kept = Map.groupBy(erp.orders.values(), (order) => order.reference);
  expect([...kept.values()].filter((records) => records.length > 1)).toHaveLength(1);
  for (const [reference, records] of kept) {
    expect(reference).toMatch(/^main\/order-sync-test-t1-/);
    expect(records.some((record) => record.cancelled)).toBe(true);
  }
});

test('finds a unique key', async () => {
  const { wrong, odd } = await run(undefined, { isUnique: true });
  expect({ wrong, odd }).toEqual({ wrong: [], odd: [] });
});

const never = new AbortController().signal;

describe('finds a sink that', () => {
  test.each<[string, string[], string, (sink: OrderSink, erp: StandInErp) => Partial<OrderSink>]>([
    [
      'creates without looking',
      ['repeated delivery', 'cut off'],
      'more than once',
      (sink, erp) => ({
        upsert: async (delivery, signal) => {
          if (delivery.previous !== undefined) return await sink.upsert(delivery, signal);
          const headers = { authorization: `Bearer ${erp.env.ERP_TOKEN}` };
          const body = JSON.stringify({ reference: delivery.key, items: [], total: '0' });
          const reply = await fetch(`${erp.url}/orders`, { method: 'POST', headers, body, signal });
          return await sink.upsert(
            { ...delivery, previous: known(delivery, z.object({ id: z.string() }).parse(await reply.json()).id) },
            signal,
          );
        },
      }),
    ],
    [
      'never cancels',
      ['cancellations'],
      'isCancelled',
      (sink) => ({ upsert: (delivery, signal) => sink.upsert(as(delivery, { status: 'paid' }), signal) }),
    ],
    [
      'ignores changes',
      ['changes', 'side by side'],
      'as they were before',
      (sink) => ({
        upsert: async (delivery, signal) => {
          const [found] = (await sink.find?.(delivery, signal)) ?? [];
          return found === undefined ? await sink.upsert(delivery, signal) : { erpId: found.erpId };
        },
      }),
    ],
    [
      'reports what it has not written',
      ['first delivery', 'repeated delivery', 'changes', 'side by side', 'cut off'],
      'not in the ERP',
      () => ({ upsert: async ({ key }) => ({ erpId: key }) }),
    ],
    [
      'rounds amounts',
      ['first delivery', 'repeated delivery', 'changes', 'side by side', 'cut off'],
      'grandTotal',
      (sink) => ({
        upsert: (delivery, signal) => {
          const { totals } = delivery.order;
          return sink.upsert(as(delivery, { totals: { ...totals, grand: Number(totals.grand).toFixed(1) } }), signal);
        },
      }),
    ],
    [
      'mixes up orders that it has at the same time',
      ['side by side'],
      'with something else in them',
      (sink) => {
        let last: SinkDelivery;
        return {
          upsert: async (delivery, signal) => {
            last = delivery;
            await sleep(2);
            return await sink.upsert({ ...delivery, order: last.order }, signal);
          },
        };
      },
    ],
  ])('%s', async (_, checks, words, change) => {
    const { wrong, text } = await run(change, { only: checks });
    expect(wrong).toEqual(checks);
    expect(text).toContain(words);
  });

  test('goes on after its signal is aborted', async () => {
    let isFirst = true;
    const { wrong, text } = await run(
      (sink) => ({
        upsert: async (delivery, signal) => {
          const result = await sink.upsert(delivery, never);
          if (signal.aborted && isFirst) {
            isFirst = false;
            await sleep(2_500);
          }
          return result;
        },
      }),
      { only: ['first delivery', 'cut off'] },
    );
    expect(wrong).toEqual(['cut off']);
    expect(text).toMatch(/goes on for \d s after its signal is aborted/);
  });

  test('takes a refusal for an outage', async () => {
    const { wrong, odd, text } = await run(
      (sink) => ({
        upsert: (delivery, signal) => {
          if (delivery.order.currency === 'XTS') throw new SyncError('internal_system_unavailable', 'no such currency');
          return sink.upsert(delivery, signal);
        },
      }),
      { only: ['refusals'] },
    );
    expect({ wrong, odd }).toEqual({ wrong: [], odd: ['refusals'] });
    expect(text).toContain('pauses all others: internal_system_unavailable');
  });

  test('cannot be asked what the ERP holds', async () => {
    const { wrong, skipped } = await run(({ upsert }) => ({ upsert, find: undefined as never }));
    expect({ wrong, skipped }).toEqual({ wrong: [], skipped: ['absent order'] });
  });
});

function as(delivery: SinkDelivery, overrides: Partial<SinkDelivery['order']>): SinkDelivery {
  return { ...delivery, order: { ...delivery.order, ...overrides } };
}

function known({ order }: SinkDelivery, erpId: string): NonNullable<SinkDelivery['previous']> {
  return { order, revision: 1, erpId };
}
