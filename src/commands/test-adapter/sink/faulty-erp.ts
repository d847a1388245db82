import { setTimeout as sleep } from 'node:timers/promises';
import { SyncError } from '../../../errors.ts';
import type { OrderSink } from '../../../internal-system/sink/order-sink.ts';

const FAULTS = ['lost request', 'lost reply', 'slow', 'down', 'cut off'] as const;
/** How many of all upserts meet one. */
const FAULTY = 0.4;
const SLOW_MS = 200;

/** The same sink, with an ERP and a network that are in trouble. */
export function inTrouble(sink: OrderSink): OrderSink {
  const { maxUpserts = 1, timeoutMs, settleMs } = sink;
  return {
    maxUpserts,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(settleMs === undefined ? {} : { settleMs }),
    open: async (signal) => await sink.open?.(signal),
    close: async () => await sink.close?.(),
    async upsert(delivery, signal) {
      const fault = Math.random() < FAULTY ? FAULTS[Math.floor(Math.random() * FAULTS.length)] : undefined;
      const someMs = SLOW_MS * Math.random();
      if (fault === 'lost request') throw new SyncError('write_failed', 'The test lost the request.');
      if (fault === 'down') throw new SyncError('internal_system_unavailable', 'The test has the ERP down.');
      if (fault === 'slow') await sleep(someMs, undefined, { signal });
      const result = await sink.upsert(delivery, fault === 'cut off' ? until(signal, someMs) : signal);
      if (fault === 'lost reply') throw new SyncError('write_failed', 'The test lost the reply.');
      return result;
    },
  };
}

function until(signal: AbortSignal, ms: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ms)]);
}
