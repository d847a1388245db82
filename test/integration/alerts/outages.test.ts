import { expect, test } from 'vitest';
import { statusFault } from '../../../demo/shop/faults.ts';
import { type AlertReceiver, anAlertReceiver } from '../../helpers/alert-receiver.ts';
import { aBystander } from '../../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../../helpers/daemon-process.ts';
import { storedOrders } from '../../helpers/internal-database.ts';
import { anOrderDocument } from '../../helpers/order-builder.ts';
import { aShop, shopEnv } from '../../helpers/shop.ts';

const orders = Array.from({ length: 10 }, (_, index) => anOrderDocument({ orderNumber: `N${index}` }));
const numbers = orders.map(({ orderNumber }) => String(orderNumber));

function alerting({ url }: AlertReceiver, env: Readonly<Record<string, string>> = {}) {
  return { ALERT_URL: url, ALERT_OUTAGE_AFTER_MS: '1000', SHOP_NAME: 'acme', ...env };
}

const kinds = ({ alerts }: AlertReceiver) => alerts.map(({ kind }) => kind);

test('an outage of the shop and its end are told once each, and a daemon that is restarted in between tells neither again', async () => {
  const receiver = await anAlertReceiver();
  const shop = await aShop({ orders, faults: () => statusFault(401) });
  const workplace = aWorkplace({ ...shopEnv(shop), ...alerting(receiver) });
  const bystander = await aBystander();
  const first = startDaemon(workplace);
  await first.ready();
  for (const number of numbers) await bystander.publish(workplace.queue, number);
  const began = await receiver.alert('outage_began');
  expect(began).toMatchObject({
    severity: 'critical',
    shop: 'acme',
    title: expect.stringMatching(/^The shop has refused our credentials for \d+ s$/),
    facts: { part: 'shop', cause: 'refused', since: expect.stringMatching(/Z$/), waiting: expect.any(Number) },
  });
  expect(began.lines.join('\n')).toContain('order-sync check');
  first.signal('SIGTERM');
  expect(await first.exited).toBe(0);

  const second = startDaemon(workplace);
  await second.line(({ msg }) => msg.startsWith('paused'));
  shop.setFaults(undefined);
  const ended = await receiver.alert('outage_ended');
  expect(ended).toMatchObject({
    severity: 'info',
    facts: { part: 'shop', since: began.facts['since'], waited: expect.any(Number) },
  });
  expect(ended.title).toMatch(/^The shop is back, after \d+ s$/);
  expect(ended.lines[0]).toMatch(/Up to \d+ events waited/);
  await expect.poll(() => storedOrders(workplace.database).length).toBe(numbers.length);
  second.signal('SIGTERM');
  expect(await second.exited).toBe(0);
  expect(kinds(receiver)).toEqual(['outage_began', 'outage_ended']);
}, 60_000);
