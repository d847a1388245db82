import { expect, it } from 'vitest';
import { aSnapshot } from '../../helpers/order-builder.ts';
import { describeDatabases, uniqueName, type Workbench } from '../helpers/test-databases.ts';

/** A trigger of the company's that refuses orders, quoting what it likes, until the returned function removes it. */
async function refuse(
  { kind, database }: Workbench,
  event: 'INSERT' | 'UPDATE',
  words: readonly string[],
): Promise<() => Promise<unknown>> {
  const name = uniqueName();
  const text = words.join(kind === 'MySQL' ? ', ' : ' || ');
  if (kind === 'SQLite') {
    await database.sql(`CREATE TRIGGER ${name} BEFORE ${event} ON orders BEGIN SELECT RAISE(ABORT, ${text}); END`);
    return () => database.sql(`DROP TRIGGER ${name}`);
  }
  if (kind === 'MySQL') {
    await database.sql(`CREATE TRIGGER ${name} BEFORE ${event} ON orders FOR EACH ROW BEGIN
      SET @words = concat(${text}); SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = @words; END`);
    return () => database.sql(`DROP TRIGGER ${name}`);
  }
  await database.sql(`CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '%', ${text} USING DETAIL = 'In detail: ' || new.buyer_name, ERRCODE = 'ZZ001'; END $$`);
  await database.sql(`CREATE TRIGGER ${name} BEFORE ${event} ON orders FOR EACH ROW EXECUTE FUNCTION ${name}()`);
  return () => database.sql(`DROP FUNCTION ${name} CASCADE`);
}

const NO_SUMS = { items: null, shipping: null, tax: null, discount: null, refunded: null };
const ORDER = { orderNumber: 'T1', shopOrderId: 't1' };

describeDatabases('a trigger that refuses an order', (workbench) => {
  const buyer = { id: 'u-1', name: 'Anna Lena Berg', email: 'anna@berg.example', phone: '+86 138 0013 8000' };

  it('is quoted, without the values of the order', async () => {
    const system = await workbench.open();
    const upper = workbench.kind === 'SQLite' ? "'ANNA LENA BERG'" : 'upper(new.buyer_name)';
    const words =
      workbench.kind === 'SQLite'
        ? ["'we do not sell to Anna Lena Berg, ANNA, 13800138000, 129.40: ask for limit 7'"]
        : ["'we do not sell to '", 'new.buyer_name', "', '", upper, "', '", 'new.grand_total', "': ask for limit 7'"];
    const restore = await refuse(workbench, 'INSERT', words);
    const failure = await system
      .writeOrders([aSnapshot({ order: { ...ORDER, buyer, totals: { ...NO_SUMS, grand: '129.40' } } })])
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      reason: 'write_rejected',
      message: expect.stringMatching(/we do not sell to …, …, .*…: ask for limit 7\.$/),
    });
    expect(JSON.stringify([failure, String(failure)])).not.toMatch(/anna|lena|berg|138|129|detail/i);
    await restore();
  });

  it.skipIf(workbench.kind === 'SQLite')('may quote the order as it was before: that stays out, too', async () => {
    const system = await workbench.open();
    await system.writeOrders([aSnapshot({ order: { ...ORDER, buyer, updatedAt: '2026-01-01T00:00:00Z' } })]);
    const restore = await refuse(workbench, 'UPDATE', ["'orders of '", 'old.buyer_name', "' are shut'"]);
    const later = aSnapshot({ order: { ...ORDER, buyer: { ...buyer, name: 'Bo Li' } } });
    await expect(system.writeOrders([later])).rejects.toMatchObject({
      reason: 'write_rejected',
      message: expect.stringMatching(/: orders of … are shut\.$/),
    });
    await restore();
  });

  it('is not quoted for a batch, of which nobody knows whose order it was', async () => {
    const system = await workbench.open();
    const restore = await refuse(workbench, 'INSERT', ["'shut today'"]);
    const batch = ['1', '2'].map((orderNumber) => aSnapshot({ order: { orderNumber } }));
    const failure = await system.writeOrders(batch).catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason: 'write_rejected' });
    expect(String(failure)).not.toContain('shut today');
    await restore();
  });
});
