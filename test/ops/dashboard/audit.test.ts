import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { AuditStore, NewAuditEntry } from '../../../src/internal-system/audit-store.ts';
import { audit } from '../../../src/ops/dashboard/audit.ts';

const WHO = { who: { name: '李伟', role: 'operator', via: 'session' }, address: '127.0.0.1' } as const;

/** What is logged and stored of one action. */
async function noted(add: AuditStore['add'] | undefined) {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const none = () => Promise.reject(new Error('not expected'));
  const others = { complete: none, list: none, keep: none, kept: none, release: none, forget: none };
  const internalSystem = add === undefined ? {} : { audit: { ...others, add } };
  await audit({ logger, internalSystem }, WHO, 'resync', 'an event was published', { order: '10086', more: 1 });
  return lines;
}

const LINE = { audit: 'resync', name: '李伟', role: 'operator', address: '127.0.0.1', order: '10086', more: 1 };

test('an action is in the log and in the store, with who, from where and which orders', async () => {
  const entries: NewAuditEntry[] = [];
  const lines = await noted(async (entry) => String(entries.push(entry)));
  expect(lines).toMatchObject([LINE]);
  expect(entries).toEqual([
    {
      name: '李伟',
      role: 'operator',
      address: '127.0.0.1',
      action: 'resync',
      orders: ['10086'],
      details: { more: 1 },
    },
  ]);
});

test('a database that fails, or does not answer, holds no action up: the log says so', async () => {
  expect(await noted(() => Promise.reject(new Error('away')))).toMatchObject([
    LINE,
    { audit: 'resync', msg: 'only the log has this action' },
  ]);
  expect(await noted(() => new Promise<string>(() => undefined))).toMatchObject([LINE]);
});

test('an internal system without an audit leaves it to the log', async () => {
  expect(await noted(undefined)).toMatchObject([LINE]);
});
