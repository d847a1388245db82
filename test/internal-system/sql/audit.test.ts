import { expect, it } from 'vitest';
import type { KeptDeadLetter, NewAuditEntry } from '../../../src/internal-system/audit-store.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

const ENTRY: NewAuditEntry = {
  name: '李伟',
  role: 'operator',
  address: '127.0.0.1',
  action: 'replayed',
  orders: ['10086', '订单-7'],
  details: { done: 2 },
};

function aDeadLetter(overrides: Partial<KeptDeadLetter> = {}): KeptDeadLetter {
  return {
    deadLetterId: 'dead-letter-1',
    source: 'orders',
    order: '10086',
    event: 'paid',
    reason: 'order_not_found',
    error: 'The shop has no order 10086.',
    bytes: 40,
    message: null,
    ...overrides,
  };
}

describeDatabases('the audit', (workbench) => {
  it('lists who did what, newest first and page by page, for one shop', async () => {
    const { audit } = await workbench.open();
    const other = await workbench.open();
    await other.audit.add({ ...ENTRY, action: 'resync' });
    const ids: string[] = [];
    for (const action of ['sign-in', 'replayed', 'reconcile'] as const) {
      ids.push(await audit.add({ ...ENTRY, action, address: action === 'sign-in' ? null : '127.0.0.1' }));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const entries = await audit.list(10);
    expect(entries.map(({ action, id }) => [action, id])).toEqual([
      ['reconcile', ids[2]],
      ['replayed', ids[1]],
      ['sign-in', ids[0]],
    ]);
    expect(entries[1]).toEqual({
      ...ENTRY,
      id: ids[1],
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      restorable: 0,
    });
    expect(Math.abs(Date.parse(entries[0]?.at ?? '') - Date.now())).toBeLessThan(60_000);
    expect(entries[2]?.address).toBeNull();
    expect((await audit.list(1, ids[2])).map(({ id }) => id)).toEqual([ids[1]]);
    await audit.complete(ids[1] ?? '', { orders: ['7'], details: { done: 1 } });
    expect((await audit.list(1, ids[2]))[0]).toMatchObject({ orders: ['7'], details: { done: 1 } });
  });

  it('keeps what was discarded until it is released', async () => {
    const { audit } = await workbench.open();
    const entry = await audit.add({ ...ENTRY, action: 'discarded' });
    const content = Buffer.from([0, 255, 10, 228]);
    const properties = JSON.stringify({ headers: { who: '王小明' } });
    await audit.keep(entry, [
      aDeadLetter(),
      aDeadLetter({ deadLetterId: 'dead-letter-2', order: null, event: null, message: { content, properties } }),
      aDeadLetter({ deadLetterId: 'too-large', order: null, event: null, bytes: 10_000_000 }),
    ]);
    expect((await audit.list(1))[0]).toMatchObject({ restorable: 2 });
    const kept = await audit.kept({ entryId: entry, limit: 10 });
    expect(new Set(kept.map(({ deadLetterId }) => deadLetterId))).toEqual(new Set(['dead-letter-1', 'dead-letter-2']));
    const [malformed] = await audit.kept({ names: ['dead-letter-2'], limit: 10 });
    expect(malformed).toMatchObject({ discardedBy: '李伟', message: { content, properties } });
    const [newest, older] = kept;
    expect(await audit.kept({ limit: 10, before: newest?.id ?? '' })).toEqual([older]);
    expect(await audit.kept({ names: ['10086'], limit: 10 })).toMatchObject([
      { ...aDeadLetter(), discardedBy: '李伟', discardedAt: expect.any(String) },
    ]);
    expect(await (await workbench.open()).audit.kept({ limit: 10 })).toEqual([]);
    await audit.release(kept.map(({ id }) => id));
    expect(await audit.kept({ limit: 10 })).toEqual([]);
    expect((await audit.list(1))[0]).toMatchObject({ restorable: 0 });
  });

  it('takes what any header may hold', async () => {
    const { audit } = await workbench.open();
    const entry = await audit.add({ ...ENTRY, name: '\0x'.repeat(500), action: 'discarded' });
    await audit.keep(entry, [aDeadLetter({ reason: 'r'.repeat(500), error: `\0${'错'.repeat(5_000)}` })]);
    expect(await audit.kept({ limit: 10 })).toMatchObject([{ order: '10086', reason: 'r'.repeat(64) }]);
  });

  it('keeps many and large ones', async () => {
    const { audit } = await workbench.open();
    const entry = await audit.add({ ...ENTRY, action: 'discarded' });
    const message = { content: Buffer.alloc(64 * 1024, 'x'), properties: '{}' };
    const many = Array.from({ length: 150 }, (_, n) => aDeadLetter({ deadLetterId: `dead-letter-${n}`, message }));
    await audit.keep(entry, many);
    expect(await audit.kept({ limit: 1_000 })).toHaveLength(150);
  });

  it('prunes each action for itself: signing in again and again pushes no other out', async () => {
    const shop = uniqueName();
    const { audit } = await workbench.open(shop);
    const first = await audit.add({ ...ENTRY, action: 'discarded' });
    await audit.keep(first, [aDeadLetter()]);
    const rows = (action: string, count: number) =>
      Array.from(
        { length: count },
        (_, n) =>
          `('${shop}', 'zz${String(n).padStart(5, '0')}-${action}', '2026-11-22 16:00:00.000', 'a', 'viewer', '${action}', '[]', '{}')`,
      ).join(', ');
    const insert = (action: string, count: number) =>
      workbench.database.sql(
        `INSERT INTO order_sync_audit (shop, id, at, name, role, action, orders, details) VALUES ${rows(action, count)}`,
      );
    const count = async (action: string) =>
      Number(
        (
          await workbench.database.sql(
            `SELECT count(*) AS n FROM order_sync_audit WHERE shop = '${shop}' AND action = '${action}'`,
          )
        )[0]?.['n'],
      );
    await insert('sign-in', 5_010);
    await audit.add({ ...ENTRY, action: 'sign-in' });
    expect([await count('sign-in'), await count('discarded')]).toEqual([5_000, 1]);
    expect(await audit.kept({ limit: 10 })).toHaveLength(1);
    await insert('discarded', 5_010);
    await audit.add({ ...ENTRY, action: 'discarded' });
    expect(await count('discarded')).toBe(5_000);
    expect(await audit.kept({ limit: 10 })).toEqual([]);
  });

  it('keeps no message for longer than 90 days', async () => {
    const shop = uniqueName();
    const { audit } = await workbench.open(shop);
    const entry = await audit.add({ ...ENTRY, action: 'discarded' });
    await audit.keep(entry, [aDeadLetter(), aDeadLetter({ deadLetterId: 'old' })]);
    const ago = (days: number) => (Date.now() - days * 86_400_000).toString(36).padStart(9, '0');
    const age = (days: number, id: string) =>
      workbench.database.sql(
        `UPDATE order_sync_discarded SET id = '${ago(days)}-x' WHERE shop = '${shop}' AND dead_letter_id = '${id}'`,
      );
    await age(91, 'old');
    await age(89, 'dead-letter-1');
    await audit.add({ ...ENTRY, action: 'sign-in' });
    expect(await audit.kept({ limit: 10 })).toMatchObject([{ deadLetterId: 'dead-letter-1' }]);
  });

  it('forgets an order: what was kept of its messages, and its name', async () => {
    const { audit } = await workbench.open();
    const entry = await audit.add({ ...ENTRY, action: 'discarded', orders: ['10086', '100861'] });
    const message = { content: Buffer.from('王小明'), properties: '{}' };
    await audit.keep(entry, [aDeadLetter({ message }), aDeadLetter({ order: '100861' })]);
    await audit.forget(['10086', 'shop-id-10086']);
    expect(await audit.kept({ limit: 10 })).toMatchObject([{ order: '100861' }]);
    expect((await audit.list(1))[0]?.orders).toEqual(['100861']);
  });
});
