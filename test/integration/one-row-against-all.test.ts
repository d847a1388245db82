import { Client } from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, type DaemonProcess, startDaemon } from '../helpers/daemon-process.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { notInstalled } from '../helpers/servers/installed.ts';
import { startPostgres } from '../helpers/servers/postgres.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const orders = Array.from({ length: 60 }, (_, index) => anOrderDocument({ orderNumber: `N${index}` }));
const numbers = orders.map((order) => String(order.orderNumber));

function linesOf(daemon: DaemonProcess, number: string): unknown[] {
  const lines = daemon.lines.filter((line) => line['orderNumber'] === number && line['outcome'] !== undefined);
  return lines.map((line) => [line['outcome'], line['attempt']]);
}

/** A daemon that writes to a PostgreSQL of its own and has written N0, and a session of the staff. */
async function aDaemonOnPostgres() {
  const server = await startPostgres();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const shop = await aShop({ orders });
  const workplace = aWorkplace({ ...shopEnv(shop), INTERNAL_SYSTEM_URL: server.url });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  const publish = (some: readonly string[]) =>
    Promise.all(some.map((number) => bystander.publish(workplace.queue, number)));
  await publish(['N0']);
  await daemon.line((line) => line['outcome'] === 'synced');
  const staff = new Client(server.url);
  await staff.connect();
  onTestFinished(() => staff.end());
  return { daemon, publish, staff };
}

describe.skipIf(notInstalled('postgres'))('one row', () => {
  test('whose trigger misses a table is a dead letter in the end, and all others are written', async () => {
    const { daemon, publish, staff } = await aDaemonOnPostgres();
    await staff.query(`CREATE FUNCTION look_up() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF NEW.order_number = 'N7' THEN PERFORM 1 FROM no_such_table; END IF; RETURN NEW; END $$`);
    await staff.query('CREATE TRIGGER look_up BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION look_up()');
    await publish(numbers.slice(1));
    const dead = await daemon.line((line) => line['outcome'] === 'dead-lettered');
    expect(dead).toMatchObject({
      orderNumber: 'N7',
      reason: 'internal_system_unavailable',
      error: expect.stringMatching(/42P01.*for this order alone/),
    });
    expect(linesOf(daemon, 'N7')).toEqual([
      ['retrying', 1],
      ['retrying', 2],
      ['dead-lettered', 3],
    ]);
    for (const number of numbers.filter((other) => other !== 'N7'))
      expect(linesOf(daemon, number)).toEqual([['synced', 1]]);
    expect(daemon.lines.filter((line) => line.msg.startsWith('paused'))).toEqual([]);
  });

  test('that staff have locked costs its batch mates no attempt', async () => {
    const { daemon, publish, staff } = await aDaemonOnPostgres();
    await staff.query('BEGIN');
    await staff.query("SELECT 1 FROM orders WHERE order_number = 'N0' FOR UPDATE");
    await publish(numbers);
    const failed = await daemon.line((line) => line['outcome'] === 'retrying');
    expect(failed).toMatchObject({ orderNumber: 'N0', reason: 'write_failed', attempt: 1 });
    await staff.query('ROLLBACK');
    for (const number of numbers.slice(1)) {
      const { outcome, attempt } = await daemon.line((line) => line['orderNumber'] === number && 'outcome' in line);
      // Written before its batch was taken apart, it is unchanged afterwards.
      expect(['synced', 'unchanged']).toContain(outcome);
      expect(attempt).toBe(1);
    }
  });

  test('is no longer alone when the table is gone: that is an outage, which uses no attempt', async () => {
    const { daemon, publish, staff } = await aDaemonOnPostgres();
    await staff.query('ALTER TABLE order_lines RENAME TO order_lines_away');
    await publish(numbers.slice(1));
    const paused = await daemon.line((line) => line.msg.startsWith('paused'));
    expect(paused).toMatchObject({ dependency: 'internal-system', reason: 'internal_system_unavailable' });
    await staff.query('ALTER TABLE order_lines_away RENAME TO order_lines');
    await daemon.line((line) => line.msg.startsWith('resumed'));
    const synced = () => daemon.outcomes().filter(({ outcome }) => outcome === 'synced').length;
    await expect.poll(synced).toBe(numbers.length);
    expect(daemon.outcomes().filter(({ outcome }) => outcome === 'retrying')).toEqual([]);
  });
});
