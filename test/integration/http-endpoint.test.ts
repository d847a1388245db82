import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { readRows } from '../helpers/internal-database.ts';
import { anOrderDocument, type OrderDocument } from '../helpers/order-builder.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { SECRET } from '../internal-system/endpoint/an-endpoint.ts';

const PROGRAM = new URL('../helpers/endpoint-program.ts', import.meta.url).pathname;

/** The endpoint's process, which listens when this resolves. */
async function startEndpoint(port: string, database: string) {
  const child = spawn(process.execPath, [PROGRAM, port, database, SECRET], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  const kill = async () => {
    child.kill('SIGKILL');
    await closed;
  };
  onTestFinished(kill);
  await once(child.stdout, 'data');
  return { kill };
}

function anOrder(index: number, changes: Partial<OrderDocument> = {}): OrderDocument {
  return anOrderDocument({ orderNumber: `A-${index}`, ...changes });
}

const ORDERS = Array.from({ length: 30 }, (_, index) => anOrder(index));
/** Every third order is cancelled once it may have been delivered. */
const CANCELLED = ORDERS.filter((_, index) => index % 3 === 0).map(({ orderNumber }) => String(orderNumber));
const LATER = { status: 'cancelled', updatedAt: '2026-11-22T09:00:00Z', cancelledAt: '2026-11-22T09:00:00Z' } as const;

test('daemons and endpoint killed in mid-work: each order is there once, in its newest state, and never set back', async () => {
  const shop = await aShop({ orders: ORDERS });
  const port = await aFreePort();
  const workplace: Workplace = aWorkplace({
    ...shopEnv(shop),
    INTERNAL_SYSTEM_HTTP_URL: `http://127.0.0.1:${port}/orders/{shopOrderId}`,
    INTERNAL_SYSTEM_HTTP_SECRET: SECRET,
    INTERNAL_SYSTEM_HTTP_TIMEOUT_MS: '1000',
  });
  const erp = join(workplace.folder, 'erp.db');
  const rows = (sql: string) => readRows(erp, sql);
  const there = (status: string) =>
    Number(rows(`SELECT count(*) AS n FROM erp_orders WHERE status = '${status}'`)[0]?.['n']);

  let endpoint = await startEndpoint(port, erp);
  const daemons = [startDaemon(workplace), startDaemon(workplace)];
  await Promise.all(daemons.map((daemon) => daemon.ready()));
  const bystander = await aBystander();
  // Each of them twice: duplicates are the rule.
  for (const { orderNumber } of [...ORDERS, ...ORDERS]) await bystander.publish(workplace.queue, String(orderNumber));

  await expect.poll(() => there('paid')).toBeGreaterThan(3);
  await endpoint.kill();
  endpoint = await startEndpoint(port, erp);
  for (const number of CANCELLED) shop.put(anOrderDocument({ ...shop.get(number), orderNumber: number, ...LATER }));
  for (const number of CANCELLED)
    await bystander.publish(workplace.queue, `{"orderNumber":"${number}","event":"cancelled"}`);
  await expect.poll(() => there('cancelled')).toBeGreaterThan(0);
  daemons[0]?.signal('SIGKILL');
  const successor = startDaemon(workplace);
  await successor.ready();

  await expect
    .poll(() => [there('cancelled'), there('paid')])
    .toEqual([CANCELLED.length, ORDERS.length - CANCELLED.length]);
  const delivered = `SELECT count(*) AS n FROM orders JOIN order_sync_deliveries USING (shop, shop_order_id)
                      WHERE delivered_revision = revision`;
  await expect.poll(() => readRows(workplace.database, delivered)).toEqual([{ n: ORDERS.length }]);
  await expect.poll(() => bystander.messages(workplace.queue)).toBe(0);

  expect(rows('SELECT count(DISTINCT reference) AS orders, count(*) AS n FROM erp_orders')).toEqual([
    { orders: 30, n: 30 },
  ]);
  // Whatever arrived did so in the order of its revisions: the endpoint never had to refuse an older one.
  const setBack = rows(
    'SELECT later.reference FROM arrivals later JOIN arrivals earlier USING (reference) WHERE later.place > earlier.place AND later.revision < earlier.revision',
  );
  expect(setBack).toEqual([]);
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(0);
  const ids = readRows(workplace.database, 'SELECT erp_id FROM order_sync_deliveries ORDER BY erp_id').map(
    (row) => row['erp_id'],
  );
  expect(ids).toEqual(rows('SELECT CAST(id AS TEXT) AS id FROM erp_orders ORDER BY 1').map((row) => row['id']));
});
