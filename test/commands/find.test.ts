import { expect, test } from 'vitest';
import { aWorkplace, type Workplace } from '../helpers/daemon-process.ts';
import { write } from '../internal-system/helpers/one-order.ts';
import { sqlSystem } from '../internal-system/helpers/sql-system.ts';
import { orderSync } from './helpers/cli.ts';

/** Where a daemon has stored these orders, and prepared the search. */
async function aStore(...orderNumbers: string[]): Promise<Workplace> {
  const workplace = aWorkplace({ SHOP_NAME: 'shop', SHOP_API_URL: 'http://127.0.0.1:1/' });
  const system = await sqlSystem(`sqlite:${workplace.database}`, 'shop');
  await system.open();
  for (const orderNumber of orderNumbers) await write(system, { orderNumber });
  await system.prepareSearch(() => undefined);
  await system.close();
  return workplace;
}

test('find lists the orders that are meant, and shows nothing of a person but what was asked', async () => {
  const workplace = await aStore('10087', '10088');
  const byPhone = await orderSync(workplace, ['find', '+86 138-0000-0000']);
  expect(byPhone.stdout).toMatch(
    /ORDER +STATE +STATUS +PLACED +TOTAL +BY\n1008[78] +synced +paid .*129\.40 CNY +phone\n1008/,
  );
  expect(byPhone.stdout).not.toMatch(/王小明|example\.com|文三路/);
  expect(byPhone.status).toBe(0);
  const several = await orderSync(workplace, ['find', '１００８７，999']);
  expect(several.stdout).toMatch(/FOR +ORDER.*\n１００８７ +10087 .*order-number\nNothing found for "999"\.\n$/);
  expect(several.status).toBe(1);
  const mail = await orderSync(workplace, ['find', '-', '--json'], { stdin: 'Hello,\nwhere is my order 10088?\n' });
  const { searches } = JSON.parse(mail.stdout);
  expect(searches.at(-1)).toMatchObject({ orders: [{ by: 'order-number', orderNumber: '10088' }] });
  expect(mail.stdout).not.toContain('王小明');
});

test('status reads an order number in any writing and says so, each of several, and takes none for a name', async () => {
  const workplace = await aStore('10087', '10088');
  const read = await orderSync(workplace, ['status', '订单号：１００８８', '10087']);
  expect(read.stdout).toMatch(/^For "订单号：１００８８":\n10088\n/);
  expect(read.stdout).toMatch(/\n10087\n/);
  expect(read.status).toBe(0);
  const unknown = await orderSync(workplace, ['status', '10099、10087', '--json']);
  expect(JSON.parse(unknown.stdout).orders).toMatchObject([
    { reference: '10099', found: false },
    { reference: '10087', found: true },
  ]);
  expect(unknown.status).toBe(1);
  const name = await orderSync(workplace, ['status', '王小明']);
  expect(name.status).toBe(64);
  expect(name.stderr).toContain('order-sync find');
});
