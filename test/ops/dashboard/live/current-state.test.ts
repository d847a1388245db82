import { expect, test } from 'vitest';
import { CurrentState } from '../../../../src/ops/dashboard/live/current-state.ts';
import { RecentActivity } from '../../../../src/ops/dashboard/live/recent-activity.ts';
import type { Consumption } from '../../../../src/ops/dashboard/messages.ts';
import { someDepths } from '../../daemon-state.ts';

const SAID = 'RabbitMQ refused user "shop"';

test.each([
  ['why a number is unknown is said with the figures', { state: 'running' }, 'its node is down', 'its node is down'],
  ['and only once, if the daemon says the same of itself', { state: 'refused', said: SAID }, SAID, null],
  [
    'but another reason is not hidden by that',
    { state: 'refused', said: SAID },
    'its node is down',
    'its node is down',
  ],
  ['and nothing where all are known', { state: 'running' }, undefined, null],
] as const)('%s', (_, is, problem, expected) => {
  const consumption: Consumption = { since: '2026-11-29T08:00:00.000Z', ...is };
  const depths = someDepths({ waiting: undefined, problem });
  const state = new CurrentState({
    activity: new RecentActivity(),
    watch: { now: () => consumption },
    depths: { look: async () => depths },
    intake: { inFlight: 0 },
    conflicts: { now: () => null },
    webhooks: undefined,
  });
  expect(state.snapshot(depths).figures.unknownBecause).toBe(expected);
});
