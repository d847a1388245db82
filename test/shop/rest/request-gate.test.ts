import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { RequestGate } from '../../../src/shop/rest/request-gate.ts';
import { patient } from './shops.ts';

describe('RequestGate', () => {
  it('runs no more than the limit at a time, in the order they came', async () => {
    const gate = new RequestGate({ concurrency: 2 });
    const started: number[] = [];
    const finish = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
    const runs = finish.map(({ promise }, index) =>
      gate.run(patient, () => {
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

  it('gives the slot of a task that failed to the next', async () => {
    const gate = new RequestGate({ concurrency: 1 });
    const failing = gate.run(patient, () => Promise.reject(new Error('no')));
    const next = gate.run(patient, () => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    await expect(next).resolves.toBe('yes');
  });

  it('runs no task whose signal is aborted while it waits, and lets the others pass', async () => {
    const gate = new RequestGate({ concurrency: 1 });
    const first = Promise.withResolvers<void>();
    const running = gate.run(patient, () => first.promise);
    const controller = new AbortController();
    const ran: string[] = [];
    const run = (name: string, signal: AbortSignal) =>
      gate.run(signal, async () => {
        ran.push(name);
      });
    const aborted = run('aborted', controller.signal);
    const waiting = run('waiting', patient);
    controller.abort(new Error('stopping'));
    await expect(aborted).rejects.toThrow('stopping');
    first.resolve();
    await Promise.all([running, waiting]);
    expect(ran).toEqual(['waiting']);
    await expect(run('too late', controller.signal)).rejects.toThrow('stopping');
  });

  it('passes over nobody when one is aborted in the moment its turn comes', async () => {
    const gate = new RequestGate({ concurrency: 1 });
    const first = Promise.withResolvers<void>();
    const running = gate.run(patient, () => first.promise);
    const controller = new AbortController();
    const aborted = gate.run(controller.signal, () => Promise.resolve());
    const waiting = gate.run(patient, () => Promise.resolve('waited'));
    await setImmediate();
    // Runs after the gate's own reaction to the end of the first task, and before that of the next in line.
    const inThatMoment = first.promise.then(() => controller.abort(new Error('stopping')));
    first.resolve();
    await Promise.all([running, inThatMoment]);
    await expect(aborted).rejects.toThrow('stopping');
    await expect(waiting).resolves.toBe('waited');
    await expect(gate.run(patient, () => Promise.resolve('free'))).resolves.toBe('free');
  });

  it('spaces the starts evenly', async () => {
    const gate = new RequestGate({ concurrency: 10, requestsPerSecond: 50 });
    const starts: number[] = [];
    const task = async () => void starts.push(performance.now());
    await Promise.all(Array.from({ length: 6 }, () => gate.run(patient, task)));
    // Five gaps of 20 ms; timers may fire a millisecond early.
    expect((starts.at(-1) ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(90);
  });

  it('stops waiting for its start when aborted', async () => {
    const gate = new RequestGate({ concurrency: 10, requestsPerSecond: 0.001 });
    await gate.run(patient, () => Promise.resolve());
    const controller = new AbortController();
    const waiting = gate.run(controller.signal, () => Promise.resolve());
    controller.abort(new Error('stopping'));
    await expect(waiting).rejects.toThrow('stopping');
  });
});
