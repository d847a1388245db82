import { aBystander } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';

/** The `/metrics` of a real daemon that consumes and takes webhooks. The daemon ends with the test. */
export async function metricsOfADaemon(): Promise<string> {
  const port = await aFreePort();
  const workplace = aWorkplace({
    SHOP_BASE_URL: 'http://127.0.0.1:1',
    OPS_PORT: port,
    WEBHOOK_PORT: await aFreePort(),
    WEBHOOK_SECRET: 'secret-of-the-shop',
  });
  const daemon = startDaemon(workplace);
  await daemon.ready();
  const bystander = await aBystander();
  await bystander.publish(workplace.queue, '[]');
  await daemon.line((line) => line['outcome'] === 'dead-lettered');
  return await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}
