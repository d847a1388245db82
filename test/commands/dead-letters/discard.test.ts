import { expect, test } from 'vitest';
import { aBystander, type Bystander } from '../../helpers/broker.ts';
import { aWorkplace, type DaemonProcess, startDaemon, type Workplace } from '../../helpers/daemon-process.ts';
import { readRows } from '../../helpers/internal-database.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';
import { orderSync } from '../helpers/cli.ts';
import { aDeadLetter } from '../helpers/dead-letters.ts';

/** A running daemon, an order in the shop (1) and none of that number (2), which is dead-lettered. */
async function aPlaceWithADeadLetter(): Promise<{ workplace: Workplace; daemon: DaemonProcess; bystander: Bystander }> {
  const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '1' })] });
  const workplace = aWorkplace(shopEnv(shop));
  const daemon = startDaemon(workplace);
  await daemon.ready();
  await orderSync(workplace, ['send', '1', '2']);
  await daemon.line((line) => line['outcome'] === 'dead-lettered');
  return { workplace, daemon, bystander: await aBystander() };
}

function ledger({ database }: Workplace): Record<string, unknown>[] {
  return readRows(database, 'SELECT reference, state, last_error FROM order_ledger ORDER BY reference');
}

test('discard removes the dead letter for good, and records that in the ledger', async () => {
  const { workplace, bystander } = await aPlaceWithADeadLetter();
  const env = { SUDO_USER: 'li.wei' };
  const { status, stdout, stderr } = await orderSync(workplace, ['dead-letters', 'discard', '2', '--yes'], { env });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '1 dead letter discarded.\n', stderr: '' });
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(0);
  expect(ledger(workplace)).toMatchObject([
    { reference: '1', state: 'synced' },
    {
      reference: '?2',
      state: 'discarded',
      last_error: 'order_not_found: The shop has no order 2. Discarded by li.wei.',
    },
  ]);
  expect((await orderSync(workplace, ['status', '2'])).stdout).toContain('discarded by a person');
});

test('discarding an old dead letter of an order that has been synced since leaves the ledger as it is', async () => {
  const { workplace, bystander } = await aPlaceWithADeadLetter();
  await aDeadLetter(bystander, workplace.queue, { content: '1' });
  const { status, stdout } = await orderSync(workplace, ['dead-letters', 'discard', '--all', '--yes', '--json']);
  expect({ status, json: JSON.parse(stdout) }).toEqual({ status: 0, json: { discarded: 2, unmatched: [] } });
  expect(ledger(workplace)).toMatchObject([{ state: 'synced', last_error: null }, { state: 'discarded' }]);
});

test('without a terminal, discard needs --yes, and removes nothing without it', async () => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  await aDeadLetter(bystander, workplace.queue);
  const { status, stderr } = await orderSync(workplace, ['dead-letters', 'discard', '--all']);
  expect(status).toBe(64);
  expect(stderr).toContain('add --yes');
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(1);
});

test('removes nothing if the ledger cannot be reached', async () => {
  const workplace = aWorkplace({ INTERNAL_SYSTEM_URL: 'postgres://root@127.0.0.1:1/test' });
  const bystander = await aBystander();
  await aDeadLetter(bystander, workplace.queue);
  const { status } = await orderSync(workplace, ['dead-letters', 'discard', '--all', '--yes']);
  expect(status).toBe(69);
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(1);
});

test.each([
  [['replay'], /select dead letters by/],
  [['discard', '--yes'], /select dead letters by/],
  [['replay', '--all', '10086'], /give either --all, or/],
  [['replay', '--reason', 'bad_weather'], /Allowed choices are malformed_event/],
])('dead-letters %j is a usage error: it prints the help, ends with 64 and removes nothing', async (args, message) => {
  const workplace = aWorkplace();
  const bystander = await aBystander();
  await aDeadLetter(bystander, workplace.queue);
  const { status, stderr } = await orderSync(workplace, ['dead-letters', ...args]);
  expect(status).toBe(64);
  expect(stderr).toMatch(message);
  expect(stderr).toContain('Usage: order-sync dead-letters');
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(1);
});
