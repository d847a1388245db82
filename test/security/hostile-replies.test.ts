import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { Fault } from '../../demo/shop/faults.ts';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, type DaemonProcess, startDaemon } from '../helpers/daemon-process.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { deadLettered } from './helpers/dead-lettered.ts';

/**
 * Replies and events made to exhaust the daemon. It refuses them, and neither keeps its event loop at work for long, which also
 * sends heartbeats and answers health checks, nor lets memory grow.
 */

const MEBIBYTE = 1024 * 1024;
/** Just below the size limit of a reply. */
const FULL = 5 * MEBIBYTE - 1000;
/** Of CPU time, for all attempts of an order together, and one of a good order. */
const MAX_WORK_MS = 1_500;
const MAX_GROWTH_BYTES = 300 * MEBIBYTE;

const json = (body: string | Uint8Array, headers: Record<string, string> = {}): Fault => ({
  kind: 'reply',
  status: 200,
  headers: { 'content-type': 'application/json', ...headers },
  body,
});
const filled = (unit: string, bytes = FULL) => unit.repeat(Math.floor(bytes / unit.length)).slice(0, -1);
const orderWith = (more: string) => `{"orderNumber":"NUMBER",${more}}`;
const zeros = Buffer.alloc(200 * MEBIBYTE, '0');

const REPLIES: Readonly<Record<string, Fault>> = {
  'a body of 100 MB': json(zeros.subarray(0, 100 * MEBIBYTE)),
  'a gzip bomb': json(gzipSync(zeros), { 'content-encoding': 'gzip' }),
  'a brotli bomb': json(brotliCompressSync(zeros), { 'content-encoding': 'br' }),
  'a bomb within a bomb': json(gzipSync(gzipSync(zeros)), { 'content-encoding': 'gzip, gzip' }),
  '100,000 levels': json('['.repeat(100_000) + ']'.repeat(100_000)),
  'as many levels as fit': json('{"a":'.repeat(FULL / 5)),
  'millions of exponents': json(orderWith(`"x":[${filled('1e1,')}]`)),
  'millions of broken lines': json(orderWith(`"lines":[${filled('{},')}]`)),
  'as many broken lines as allowed': json(orderWith(`"lines":[${filled('{},', 600_000)}]`)),
  'millions of orders': json(`{"orders":[${filled('0,')}]}`),
  'a number of millions of digits': json(orderWith(`"x":1.${'1'.repeat(FULL)}`)),
  'an absurd exponent': json(orderWith('"totals":{"grand":1e-999999999}')),
  'an error page of 100 MB': { kind: 'reply', status: 500, headers: {}, body: zeros.subarray(0, 100 * MEBIBYTE) },
};

const EVENTS: Readonly<Record<string, string>> = {
  'more than a megabyte': 'a'.repeat(20 * MEBIBYTE),
  '100,000 levels': '['.repeat(100_000),
  'a hundred thousand keys': `{${Array.from({ length: 100_000 }, (_, index) => `"${index}":0`).join()}}`,
  'a key of a megabyte': `{"${'_'.repeat(MEBIBYTE - 100)}":1}`,
  'a megabyte of digits': '1'.repeat(MEBIBYTE),
};

test('replies made to exhaust the daemon are refused, with little work', async () => {
  const shop = await aShop({
    orders: [anOrderDocument({ orderNumber: 'good' })],
    faults: ({ references: [number = ''] }) => Object.values(REPLIES)[Number(/^hostile-(\d+)-/.exec(number)?.[1])],
  });
  const { daemon, bystander, workOf, growth } = await aMeasuredDaemon(shopEnv(shop));
  for (const [index, name] of Object.keys(REPLIES).entries()) {
    const work = await workOf(async () => {
      const number = `hostile-${index}-`;
      const { reason } = await deadLettered(daemon, bystander, number, 'good');
      expect([name, reason]).toEqual([name, expect.stringMatching(/^(?:shop_bad_reply|invalid_order|shop_error)$/)]);
    });
    expect([name, work < MAX_WORK_MS || work]).toEqual([name, true]);
  }
  expect(growth()).toBeLessThan(MAX_GROWTH_BYTES);
});

test('events made to exhaust the daemon become dead letters, with little work', async () => {
  const shop = await aShop();
  const { daemon, bystander, workOf, growth } = await aMeasuredDaemon(shopEnv(shop));
  for (const [name, event] of Object.entries(EVENTS)) {
    const work = await workOf(async () => {
      const before = daemon.outcomes().length;
      await bystander.publish(daemon.queue, event);
      await expect.poll(() => daemon.outcomes().length).toBe(before + 1);
      expect(daemon.outcomes().at(-1)).toMatchObject({ outcome: 'dead-lettered', reason: 'malformed_event' });
    });
    expect([name, work < MAX_WORK_MS || work]).toEqual([name, true]);
  }
  expect(shop.requests).toEqual([]);
  expect(growth()).toBeLessThan(MAX_GROWTH_BYTES);
});

async function aMeasuredDaemon(env: Record<string, string>) {
  const daemon = startDaemon(aWorkplace(env));
  await daemon.ready();
  const before = peakMemory(daemon);
  return {
    daemon,
    bystander: await aBystander(),
    /** What its event loop had to do meanwhile, in ms of CPU time. */
    workOf: async (work: () => Promise<void>): Promise<number> => {
      const started = eventLoopMs(daemon);
      await work();
      return eventLoopMs(daemon) - started;
    },
    growth: () => peakMemory(daemon) - before,
  };
}

/** CPU time of the thread that runs the event loop, user and system; Linux counts 100 ticks a second. However busy the machine is. */
function eventLoopMs({ pid }: DaemonProcess): number {
  const stat = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold blanks.
  const [utime = 0, stime = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12).map(Number);
  return (utime + stime) * 10;
}

/** The process's peak memory, in bytes. */
function peakMemory({ pid }: DaemonProcess): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}
