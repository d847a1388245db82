import { onTestFinished } from 'vitest';
import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { removeShipmentQueues } from '../shipments/helpers/shipping-workplace.ts';

/** The `/metrics` of a real daemon that does all there is to do: orders, webhooks, shipments, outbox, alerts. It ends with the test. */
export async function metricsOfADaemon(): Promise<string> {
  const port = await aFreePort();
  const exchange = `test.synced.${port}`;
  const bystander = await aBystander();
  onTestFinished(async () => void (await bystander.channel.deleteExchange(exchange)));
  const workplace = aWorkplace({
    SHOP_BASE_URL: 'http://127.0.0.1:1',
    OPS_PORT: port,
    WEBHOOK_PORT: await aFreePort(),
    WEBHOOK_SECRET: 'secret-of-the-shop',
    REPORT_SHIPMENTS: 'true',
    SHOP_SHIPMENT_PATH: '/orders/{reference}/shipments/{shipmentId}',
    SYNCED_EXCHANGE: exchange,
    ALERT_URL: 'http://127.0.0.1:1',
  });
  removeShipmentQueues(workplace);
  const daemon = startDaemon(workplace);
  await daemon.ready();
  for (const queue of [workplace.queue, `${workplace.queue}.shipments`]) {
    const before = daemon.outcomes().length;
    await bystander.publish(queue, '[]');
    await daemon.line((line) => line['outcome'] === 'dead-lettered' && daemon.outcomes().length > before);
  }
  return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}
