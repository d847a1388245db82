import { expect, test } from 'vitest';
import { createMetrics } from '../../src/ops/metrics.ts';
import { someState } from './daemon-state.ts';

test('alerts are counted by target and by what became of them, as they are at each scrape', async () => {
  const figures = [{ target: 'wecom', sent: 0, failed: 0, dropped: 0, waiting: 0 }];
  const metrics = createMetrics(someState(), { alerts: { figures } });
  const samples = async () =>
    (await metrics.render()).split('\n').filter((line) => line.startsWith('order_sync_alerts'));
  expect(await samples()).toEqual([
    'order_sync_alerts_total{target="wecom",result="sent"} 0',
    'order_sync_alerts_total{target="wecom",result="failed"} 0',
    'order_sync_alerts_total{target="wecom",result="dropped"} 0',
    'order_sync_alerts_waiting{target="wecom"} 0',
  ]);
  figures[0] = { target: 'wecom', sent: 5, failed: 2, dropped: 1, waiting: 3 };
  expect(await samples()).toEqual([
    'order_sync_alerts_total{target="wecom",result="sent"} 5',
    'order_sync_alerts_total{target="wecom",result="failed"} 2',
    'order_sync_alerts_total{target="wecom",result="dropped"} 1',
    'order_sync_alerts_waiting{target="wecom"} 3',
  ]);
});
