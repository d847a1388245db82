import type { Depths } from '../../src/messages/queue-depths.ts';
import type { DaemonState } from '../../src/ops/state-gauges.ts';

const IDLE = { slots: 4, running: 0, waiting: 0 };

/** Empty queues. */
export function someDepths(overrides: Partial<Depths> = {}): Depths {
  return { waiting: 0, retrying: 0, deadLetters: 0, problem: undefined, heldBack: undefined, ...overrides };
}

/** A daemon that is ready and idle. */
export function someState(overrides: Partial<DaemonState> = {}): DaemonState {
  return {
    rabbit: { isUp: true, blocked: undefined },
    intake: { inFlight: 0, outage: undefined },
    blockage: { queues: [] },
    pauses: { pause: undefined, isOverdue: false },
    health: () => ({ live: true, ready: true }),
    load: () => ({ fetch: IDLE, write: IDLE }),
    webhooks: undefined,
    depths: async () => someDepths(),
    ...overrides,
  };
}
