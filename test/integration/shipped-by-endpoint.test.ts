import { expect, test } from 'vitest';
import { aBystander } from '../helpers/broker.ts';
import { startDaemon } from '../helpers/daemon-process.ts';
import { anEndpoint, SECRET } from '../internal-system/endpoint/an-endpoint.ts';
import { aShippingShop } from '../shipments/helpers/shipping-shop.ts';
import { aDaemonWith, addOrder, aShippingWorkplace } from '../shipments/helpers/shipping-workplace.ts';

test('what the endpoint says was shipped is reported to the shop', async () => {
  const shop = await aShippingShop();
  addOrder(shop, { orderNumber: 'S1' });
  const when = { shippedAt: '2026-11-23T09:30:00Z' };
  const shipment = { orderNumber: 'S1', shipmentId: 'P-1', carrier: 'SF', trackingNumber: 'SF1', ...when };
  const endpoint = await anEndpoint(({ method }) => {
    if (method === 'PUT') return { status: 204 };
    return { status: 200, body: JSON.stringify({ shipments: [shipment], cursor: '1' }) };
  });
  const workplace = aShippingWorkplace(shop, {
    INTERNAL_SYSTEM_HTTP_URL: `${endpoint.url}/orders`,
    INTERNAL_SYSTEM_HTTP_SECRET: SECRET,
  });
  const bystander = await aBystander();
  await aDaemonWith(workplace, bystander.publish, ['S1']);
  // Asked once at its start, and then once a minute.
  startDaemon(workplace, { INTERNAL_SYSTEM_HTTP_SHIPMENTS_URL: `${endpoint.url}/shipped` });
  await expect.poll(() => shop.reports).toMatchObject([{ orderNumber: 'S1', trackingNumber: 'SF1' }]);
});
