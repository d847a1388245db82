import { expect, test } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { someState } from './daemon-state.ts';

const PAUSE = { by: 'li.wei', since: '2026-11-29T08:00:00.000Z', until: null, reason: null };
const outage = { dependency: 'shop' as const, since: new Date(), error: new SyncError('shop_timeout', 'no answer') };

async function samples(overrides: Parameters<typeof someState>[0]): Promise<string[]> {
  const text = await createMetrics(someState(overrides)).render();
  return text.split('\n').filter((line) => /^order_sync_(?:paused|pause_overdue|outage)\b/.test(line));
}

test('a pause by a person and an outage are told apart; while a person has paused, no outage raises an alarm', async () => {
  expect(await samples({ intake: { inFlight: 0, outage } })).toEqual([
    'order_sync_outage{dependency="shop"} 1',
    'order_sync_outage{dependency="internal-system"} 0',
    'order_sync_paused{reason="planned"} 0',
    'order_sync_paused{reason="outage"} 1',
    'order_sync_pause_overdue 0',
  ]);
  const pauses = { pause: PAUSE, isOverdue: true };
  expect(await samples({ pauses, intake: { inFlight: 0, outage } })).toEqual([
    'order_sync_outage{dependency="shop"} 0',
    'order_sync_outage{dependency="internal-system"} 0',
    'order_sync_paused{reason="planned"} 1',
    'order_sync_paused{reason="outage"} 0',
    'order_sync_pause_overdue 1',
  ]);
});
