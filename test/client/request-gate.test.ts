import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RequestGate } from '../../src/client/request-gate.ts';
import { neverAborted } from '../shop/rest/shops.ts';

describe('RequestGate', () => {
  it('runs no more tasks at a time than the limit, in order of arrival', async () => {
    const gate = new RequestGate({ concurrency: 2 });
    const started: number[] = [];
    const finish = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
    const runs = finish.map(({ promise }, index) =>
      gate.run(neverAborted, () => {
        started.push(index);
        return promise;
      }),
    );
    for (const [index, { resolve }] of finish.entries()) {
      await expect.poll(() => started.length).toBe(Math.min(5, index + 2));
      resolve();
      await runs[index];
    }
    expect(started).toEqual([0, 1, 2, 3, 4]);
  });

  it('passes on the slot of a task that frees it before it ends, once', async () => {
    const gate = new RequestGate({ concurrency: 1 });
    const started: number[] = [];
    const ends = [0, 1, 2].map(() => Promise.withResolvers<void>());
    const runs = ends.map(({ promise }, index) =>
      gate.run(neverAborted, async (free) => {
        started.push(index);
        if (index === 0) free();
        await promise;
      }),
    );
    await setImmediate();
    expect(started).toEqual([0, 1]);
    ends[0]?.resolve();
    await runs[0];
    await setImmediate();
    expect(started).toEqual([0, 1]);
    ends[1]?.resolve();
    ends[2]?.resolve();
    await Promise.all(runs);
    expect(started).toEqual([0, 1, 2]);
  });

  it('passes the slot of a failed task to the next', async () => {
    const gate = new RequestGate({ concurrency: 1 });
    const failing = gate.run(neverAborted, () => Promise.reject(new Error('no')));
    const next = gate.run(neverAborted, () => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });

  it('skips a task whose signal is aborted while it waits, and runs the others', async () => {
    const gate = new RequestGate({ concurrency: 1 });
    const first = Promise.withResolvers<void>();
    const running = gate.run(neverAborted, () => first.promise);
    const controller = new AbortController();
    const ran: string[] = [];
    const run = (name: string, signal: AbortSignal) =>
      gate.run(signal, async () => {
        ran.push(name);
      });
    const aborted = run('aborted', controller.signal);
    const waiting = run('waiting', neverAborted);
    controller.abort(new Error('stopping'));
    await expect(aborted).rejects.toThrow('stopping');
    first.resolve();
    await Promise.all([running, waiting]);
    expect(ran).toEqual(['waiting']);
    await expect(run('too late', controller.signal)).rejects.toThrow('stopping');
  });

  it('loses no slot when a task is aborted just as it gets one', async () => {
    const gate = new RequestGate({ concurrency: 1 });
    const first = Promise.withResolvers<void>();
    const running = gate.run(neverAborted, () => first.promise);
    const controller = new AbortController();
    const aborted = gate.run(controller.signal, () => Promise.resolve());
    const waiting = gate.run(neverAborted, () => Promise.resolve('waited'));
    await setImmediate();
    // Runs after the gate has handled the end of the first task, and before the next task starts.
    const inThatMoment = first.promise.then(() => controller.abort(new Error('stopping')));
    first.resolve();
    await Promise.all([running, inThatMoment]);
    await expect(aborted).rejects.toThrow('stopping');
    await expect(waiting).resolves.toBe('waited');
    await expect(gate.run(neverAborted, () => Promise.resolve('free'))).resolves.toBe('free');
  });

  it('spaces the starts evenly', async () => {
    const gate = new RequestGate({ concurrency: 10, requestsPerSecond: 50 });
    const starts: number[] = [];
    const task = async () => void starts.push(performance.now());
    await Promise.all(Array.from({ length: 6 }, () => gate.run(neverAborted, task)));
    // Five gaps of 20 ms; timers may fire a millisecond early.
    expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(90);
  });

  it('stops waiting for its start when aborted', async () => {
    const gate = new RequestGate({ concurrency: 10, requestsPerSecond: 0.001 });
    await gate.run(neverAborted, () => Promise.resolve());
    const controller = new AbortController();
    const waiting = gate.run(controller.signal, () => Promise.resolve());
    controller.abort(new Error('stopping'));
    await expect(waiting).rejects.toThrow('stopping');
  });
});
