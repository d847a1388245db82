import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { SyncError } from '../../src/errors.ts';
import type { InternalSystem, Snapshot, WriteCall, WriteResult } from '../../src/internal-system/internal-system.ts';
import { OrderWriter } from '../../src/internal-system/order-writer.ts';
import { aSnapshot } from '../helpers/order-builder.ts';

const SYNCED: WriteResult = { outcome: 'synced', conflict: false };
const HUNG_MS = 20;

interface Call extends WriteCall {
  readonly numbers: readonly string[];
  readonly end: (results?: WriteResult[]) => void;
  readonly fail: (error: unknown) => void;
}

/** An internal system whose calls end only when told to. */
function aManualSystem(options: Partial<InternalSystem> = {}) {
  const calls: Call[] = [];
  const system: InternalSystem = {
    ...options,
    open: async () => undefined,
    writeOrders: (snapshots, call) =>
      new Promise((resolve, reject) => {
        const end = (results?: WriteResult[]) => resolve(results ?? snapshots.map(() => SYNCED));
        calls.push({ ...call, numbers: numbersOf(snapshots), end, fail: reject });
      }),
  };
  const writer = new OrderWriter(system);
  const write = (...numbers: string[]) =>
    numbers.map((orderNumber) => {
      const written = writer.write(aSnapshot({ order: { orderNumber } })).then(
        ({ outcome }) => outcome,
        (error: SyncError) => error.reason,
      );
      return written;
    });
  return { writer, write, calls, numbers: () => calls.map((call) => call.numbers.join(' ')) };
}

function numbersOf(snapshots: readonly Snapshot[]): string[] {
  return snapshots.map(({ order }) => order.orderNumber);
}

/** Long enough for everything that has become possible to happen. */
const turn = async () => {
  for (let turns = 0; turns < 5; turns += 1) await setImmediate();
};

describe('the calls of an internal system', () => {
  it('hold one order, one after the other, unless it says that it takes more', async () => {
    const { write, calls, numbers } = aManualSystem();
    const written = write('A', 'B', 'C');
    await turn();
    expect(numbers()).toEqual(['A']);
    for (const index of [0, 1, 2]) {
      calls[index]?.end();
      await turn();
    }
    expect(numbers()).toEqual(['A', 'B', 'C']);
    expect(await Promise.all(written)).toEqual(['synced', 'synced', 'synced']);
  });

  it('run side by side as soon as two orders are there, if it takes two', async () => {
    const { write, calls, numbers } = aManualSystem({ maxWrites: 2, maxBatch: 10 });
    const [first] = write('A');
    await turn();
    const [second] = write('B');
    await turn();
    expect(numbers()).toEqual(['A', 'B']);
    for (const call of calls) call.end();
    expect(await Promise.all([first, second])).toEqual(['synced', 'synced']);
  });

  it('wait for company where a call beside another pays only for many', async () => {
    const { write, calls, numbers } = aManualSystem({ maxWrites: 2, maxBatch: 10, minBatchBeside: 3 });
    const written = write('A');
    await turn();
    written.push(...write('B', 'C'));
    await turn();
    expect(numbers()).toEqual(['A']);
    written.push(...write('D'));
    await turn();
    expect(numbers()).toEqual(['A', 'B C D']);
    for (const call of calls) call.end();
    expect(await Promise.all(written)).toEqual(Array(4).fill('synced'));
  });
});

describe('an order that is reported', () => {
  it('is done before its batch is', async () => {
    const { write, calls } = aManualSystem({ maxBatch: 10 });
    const [a, b] = write('A', 'B');
    await turn();
    calls[0]?.report(0, SYNCED);
    expect(await a).toBe('synced');
    expect(await Promise.race([b, turn()])).toBeUndefined();
    calls[0]?.end();
    expect(await b).toBe('synced');
  });

  it('is done although its batch fails, and is not written again', async () => {
    const { write, calls, numbers } = aManualSystem({ maxBatch: 10 });
    const written = write('A', 'B', 'C', 'D');
    await turn();
    calls[0]?.report(1, { outcome: 'refused', error: new SyncError('write_rejected', 'no'), conflict: false });
    calls[0]?.report(0, SYNCED);
    calls[0]?.fail(new SyncError('write_failed', 'busy'));
    for (const part of [1, 2]) {
      await turn();
      calls[part]?.end();
    }
    expect(numbers()).toEqual(['A B C D', 'C', 'D']);
    expect(await Promise.all(written)).toEqual(['synced', 'write_rejected', 'synced', 'synced']);
  });

  it('is done although the system goes down after it', async () => {
    const { write, calls } = aManualSystem({ maxBatch: 10 });
    const written = write('A', 'B');
    await turn();
    calls[0]?.report(0, SYNCED);
    calls[0]?.fail(new SyncError('internal_system_unavailable', 'gone'));
    expect(await Promise.all(written)).toEqual(['synced', 'internal_system_unavailable']);
  });

  it('gives the call its time anew', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { write, calls } = aManualSystem({ maxBatch: 10 });
      const written = write('A', 'B', 'C');
      await turn();
      const [call] = calls;
      for (const index of [0, 1]) {
        vi.advanceTimersByTime(59_000);
        call?.report(index, SYNCED);
      }
      vi.advanceTimersByTime(59_000);
      expect(call?.signal.aborted).toBe(false);
      call?.end();
      expect(await Promise.all(written)).toEqual(['synced', 'synced', 'synced']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a call whose time is up', () => {
  it('has its signal aborted, fails, and makes way for the next one only when it has ended', async () => {
    const { write, calls, numbers } = aManualSystem({ writeTimeoutMs: HUNG_MS });
    const [late, next] = write('A', 'B');
    await turn();
    const [call] = calls;
    await aborted(call?.signal);
    await turn();
    expect(numbers()).toEqual(['A']);
    call?.fail(call.signal.reason);
    expect(await late).toBe('write_failed');
    await turn();
    expect(numbers()).toEqual(['A', 'B']);
    calls[1]?.end();
    expect(await next).toBe('synced');
  });

  it('counts all the same if it succeeds in the end', async () => {
    const { write, calls } = aManualSystem({ writeTimeoutMs: HUNG_MS });
    const [late] = write('A');
    await turn();
    await aborted(calls[0]?.signal);
    calls[0]?.end();
    expect(await late).toBe('synced');
  });

  it('is an outage if it does not end: its order is nobody else’s, nothing else is called, and a look says that nothing works', async () => {
    const { writer, write, calls, numbers } = aManualSystem({ writeTimeoutMs: HUNG_MS });
    const [written] = write('A');
    await turn();
    calls[0]?.end();
    expect(await written).toBe('synced');
    expect(await write('B')[0]).toBe('internal_system_unavailable');
    expect(await writer.works()).toBe(false);
    const [canary] = write('C');
    await turn();
    expect(numbers()).toEqual(['A', 'B']);
    calls[1]?.end();
    await turn();
    expect(numbers()).toEqual(['A', 'B', 'C']);
    calls[2]?.end();
    expect(await canary).toBe('synced');
    const works = writer.works();
    await turn();
    calls[3]?.end();
    expect(await works).toBe(true);
  });

  it('leaves the other calls alone', async () => {
    const { writer, write, calls } = aManualSystem({ writeTimeoutMs: HUNG_MS, maxWrites: 2 });
    const [hung, good] = write('A', 'B');
    await turn();
    calls[1]?.end();
    expect(await good).toBe('synced');
    expect(await hung).toBe('internal_system_unavailable');
    const works = writer.works();
    await turn();
    calls[2]?.end();
    expect(await works).toBe(true);
  });
});

it('tells its calls to end when the daemon is out of time', async () => {
  const { writer, write, calls } = aManualSystem();
  const written = write('A', 'B');
  await turn();
  writer.close(new SyncError('interrupted', 'stopping'));
  const [call] = calls;
  expect(call?.signal.aborted).toBe(true);
  call?.fail(new Error('aborted'));
  expect(await Promise.all(written)).toEqual(['interrupted', 'interrupted']);
});

it('refuses to record more failures while such a call does not end, instead of waiting for it', async () => {
  const writer = new OrderWriter({
    writeTimeoutMs: HUNG_MS,
    open: async () => undefined,
    writeOrders: async () => [],
    recordFailures: () => new Promise(() => undefined),
  });
  const failure = {
    eventInfo: aSnapshot().eventInfo,
    state: 'retrying',
    reason: 'write_failed',
    message: 'x',
    failedAt: new Date(),
  } as const;
  for (let times = 0; times < 2; times += 1) {
    await expect(writer.recordFailure(failure)).rejects.toMatchObject({ reason: 'internal_system_unavailable' });
  }
});

it('learns nothing from an order that is no longer there, and asks for it no more', async () => {
  const asked: boolean[] = [];
  const writer = new OrderWriter({
    open: async () => undefined,
    writeOrders: async (snapshots) =>
      snapshots.map(({ again = false }) => {
        asked.push(again);
        return again ? { outcome: 'stale', conflict: false } : SYNCED;
      }),
  });
  await writer.write(aSnapshot());
  expect([await writer.works(), await writer.works()]).toEqual([undefined, undefined]);
  expect(asked).toEqual([false, true]);
});

async function aborted(signal: AbortSignal | undefined): Promise<void> {
  while (signal?.aborted === false) await sleep(1);
}
