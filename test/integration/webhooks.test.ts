import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inParallel } from '../../src/async/in-parallel.ts';
import { aWorkplace, type DaemonProcess, startDaemon } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { storedOrders } from '../helpers/internal-database.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { startRabbitMQ } from '../helpers/servers/rabbitmq.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { exchange } from '../webhooks/helpers/service.ts';
import { fromWooCommerce, SECRET } from '../webhooks/helpers/shops.ts';

/** By hand, with more: `WEBHOOKS=1000 npx vitest run test/integration/webhooks.test.ts` */
const COUNT = Number(process.env['WEBHOOKS'] ?? 200);
const ROUNDS = Math.ceil(COUNT / 200);
const SENDERS = 6;
/** Between two kills. */
const A_FEW = 30;

const ids = Array.from({ length: COUNT }, (_, index) => index + 1);
const VICTIMS = ['broker', 'webhooks', 'daemon'] as const;

test(
  'whoever is killed under signed webhooks, no order whose webhook got 200 is missing',
  async () => {
    await using broker = await startRabbitMQ();
    const orders = ids.map((id) => anOrderDocument({ orderNumber: String(id), shopOrderId: `key-${id}` }));
    const shop = await aShop({ orders });
    const port = await aFreePort();
    const env = { WEBHOOK_PRESET: 'woocommerce', WEBHOOK_SECRET: SECRET, LOG_LEVEL: 'info' };
    const workplace = aWorkplace({ ...shopEnv(shop), ...env, RABBITMQ_URL: broker.url });
    const start = {
      webhooks: () => startDaemon(workplace, {}, ['webhooks', '--port', port]),
      daemon: () => startDaemon(workplace),
    };
    const running: Record<'webhooks' | 'daemon', DaemonProcess> = {
      webhooks: start.webhooks(),
      daemon: start.daemon(),
    };
    const listening = () => running.webhooks.line(({ msg }) => msg === 'webhook port open');
    await Promise.all([listening(), running.daemon.ready()]);

    /** Sends until it gets 200, and never again. */
    const accepted = new Set<number>();
    const refusals = new Map<string, number>();
    let allowed = 0;
    const sent = inParallel(ids, SENDERS, async (id) => {
      while (id > allowed) await sleep(10);
      const { path, headers, body } = fromWooCommerce('order.updated', { id });
      for (;;) {
        const answer = await exchange(Number(port), { method: 'POST', path, headers, body }).catch(
          (error: NodeJS.ErrnoException) => error,
        );
        if ('status' in answer && answer.status === 200) break;
        const why = 'status' in answer ? String(answer.status) : String(answer.code);
        refusals.set(why, (refusals.get(why) ?? 0) + 1);
        await sleep(20);
      }
      accepted.add(id);
    });
    /** Lets this many more be sent. The last ones are still under way afterwards. */
    const more = async (count: number) => {
      allowed += count;
      await expect.poll(() => accepted.size, { timeout: 60_000 }).toBeGreaterThanOrEqual(allowed - SENDERS);
    };

    const killed: string[] = [];
    const kill = async (victim: 'webhooks' | 'daemon') => {
      killed.push(victim);
      running[victim].signal('SIGKILL');
      await running[victim].exited;
      running[victim] = start[victim]();
      if (victim === 'webhooks') await listening();
    };
    const killBroker = async () => {
      killed.push('broker');
      await broker.kill();
      await more(A_FEW);
      // What is on disk must survive this as well.
      await kill('webhooks');
      await more(A_FEW);
      await broker.start();
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const victim of VICTIMS.toSorted(() => Math.random() - 0.5)) {
        await more(A_FEW);
        await (victim === 'broker' ? killBroker() : kill(victim));
      }
    }
    await more(COUNT - allowed);
    await sent;
    const stored = () => new Set(storedOrders(workplace.database).map((order) => Number(order['order_number'])));
    const missing = () => {
      const found = stored();
      return ids.filter((id) => !found.has(id));
    };
    await expect.poll(missing, { timeout: 60_000, message: `killed: ${killed.join(', ')}` }).toEqual([]);
    if (process.env['WEBHOOKS'] !== undefined) console.log({ killed, accepted: accepted.size, refusals });
    expect(refusals.has('503')).toBe(false);
    running.webhooks.signal('SIGTERM');
    expect(await running.webhooks.exited).toBe(0);
  },
  ROUNDS * 180_000,
);
