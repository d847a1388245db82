import { expect, test } from 'vitest';
import { createInternalSystem } from '../../../src/internal-system/create-internal-system.ts';
import { aBystander, type Bystander } from '../../helpers/broker.ts';
import { aWorkplace, type Workplace } from '../../helpers/daemon-process.ts';
import { anOrder, aSnapshot } from '../../helpers/order-builder.ts';
import { aCall } from '../../helpers/write-call.ts';
import { jsonLines, orderSync } from '../helpers/cli.ts';
import { aDeadLetter } from '../helpers/dead-letters.ts';

/** Order 10086, whose id in the shop is 23, is stored; one of its events failed under each of its names. */
async function aPlaceWithBothNames(): Promise<{ workplace: Workplace; bystander: Bystander; ids: string[] }> {
  const workplace = aWorkplace();
  const system = await createInternalSystem({ url: `sqlite:${workplace.database}`, shop: 'shop', env: {} });
  await system.open();
  await system.writeOrders([aSnapshot({ order: anOrder({ orderNumber: '10086', shopOrderId: '23' }) })], aCall());
  await system.close?.();
  const bystander = await aBystander();
  const ids: string[] = [];
  for (const content of ['{"order_id":23,"event":"paid"}', '"10086"', '"777"'])
    ids.push(await aDeadLetter(bystander, workplace.queue, { content }));
  return { workplace, bystander, ids };
}

test('list and show find the dead letters of an order by its number and by its id, whichever the event said', async () => {
  const { workplace, ids } = await aPlaceWithBothNames();
  const listed = await orderSync(workplace, ['dead-letters', 'list', '--json', '10086']);
  expect(jsonLines(listed.stdout).map(({ id }) => id)).toEqual(ids.slice(0, 2));
  expect(listed.stderr).toBe('');
  const shown = await orderSync(workplace, ['dead-letters', 'show', '--json', '10086']);
  expect(JSON.parse(shown.stdout)).toMatchObject({ id: ids[0], order: '23' });
});

test('replay takes both, and nobody else’s', async () => {
  const { workplace, bystander, ids } = await aPlaceWithBothNames();
  const { status, stdout } = await orderSync(workplace, ['dead-letters', 'replay', '--json', '10086']);
  expect({ status, json: JSON.parse(stdout) }).toEqual({ status: 0, json: { replayed: 2, unmatched: [] } });
  expect((await bystander.drain(`${workplace.queue}.dead-letters`)).map(({ headers }) => headers)).toMatchObject([
    { 'x-order-sync-dead-letter-id': ids[2] },
  ]);
});

test('discard takes both; a name that no dead letter goes by is unmatched', async () => {
  const { workplace, bystander } = await aPlaceWithBothNames();
  const { status, stdout } = await orderSync(workplace, ['dead-letters', 'discard', '--json', '--yes', '23', '404']);
  expect({ status, json: JSON.parse(stdout) }).toEqual({ status: 1, json: { discarded: 2, unmatched: ['404'] } });
  expect(await bystander.messages(`${workplace.queue}.dead-letters`)).toBe(1);
});

test('while the internal system is away, what the events say is found, and a line says that no more was looked for', async () => {
  const workplace = aWorkplace({ INTERNAL_SYSTEM_URL: 'postgres://root@127.0.0.1:1/test' });
  const bystander = await aBystander();
  const id = await aDeadLetter(bystander, workplace.queue);
  const { status, stdout, stderr } = await orderSync(workplace, ['dead-letters', 'list', '--json', '10086']);
  expect({ status, ids: jsonLines(stdout).map((line) => line['id']) }).toEqual({ status: 0, ids: [id] });
  expect(stderr).toMatch(/^Only what the events themselves say is looked for, as the internal system can't be asked: /);
});
