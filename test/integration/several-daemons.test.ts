import { expect, test } from 'vitest';
import type { ListedDaemon } from '../../src/internal-system/listed-daemons.ts';
import { orderSync } from '../commands/helpers/cli.ts';
import { aQueueName, BROKER_URL } from '../helpers/broker.ts';
import { aWorkplace, RETRY_DELAYS_MS, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

async function daemonsOf(workplace: Workplace): Promise<{ status: number | null; listed: ListedDaemon[] }> {
  const { status, stdout } = await orderSync(workplace, ['daemons', '--json']);
  return { status, listed: JSON.parse(stdout) as ListedDaemon[] };
}

test('every daemon of an internal system is known to all, those of other shops too; one that stops is gone, one that was killed is not', async () => {
  const shop = await aShop();
  const workplace = aWorkplace(shopEnv(shop));
  const none = await orderSync({ ...workplace, env: { ...workplace.env, INTERNAL_SYSTEM_URL: 'sqlite:none.db' } }, [
    'daemons',
  ]);
  expect(none.status).toBe(78);
  const queue = aQueueName(BROKER_URL, RETRY_DELAYS_MS);
  const ofAnother = {
    SHOP_NAME: 'outlet',
    RABBITMQ_EXCHANGE: queue,
    RABBITMQ_QUEUE: queue,
    RABBITMQ_ROUTING_KEY: queue,
    ACK_MEMORY_FILE: 'outlet.db',
  };
  const [first, second] = [startDaemon(workplace), startDaemon(workplace, { RABBITMQ_PREFETCH: '7' })];
  const other = startDaemon(workplace, ofAnother);
  for (const daemon of [first, second, other]) await daemon.ready();
  const running = async () =>
    (await daemonsOf(workplace)).listed.filter(({ report }) => report.consumption.state === 'running');
  await expect.poll(async () => (await running()).length, { timeout: 20_000 }).toBe(3);
  const { status, listed } = await daemonsOf(workplace);
  expect(status).toBe(0);
  const byPid = new Map(listed.map((daemon) => [daemon.report.pid, daemon]));
  expect(byPid.get(second.pid)).toMatchObject({
    shop: 'shop',
    isSilent: false,
    report: { prefetch: 7, inFlight: 0, waiting: 0 },
  });
  expect(byPid.get(other.pid)).toMatchObject({ shop: 'outlet', report: { queue } });

  second.signal('SIGTERM');
  await second.exited;
  other.signal('SIGKILL');
  await other.exited;
  const left = (await daemonsOf(workplace)).listed.map(({ report }) => report.pid);
  expect(new Set(left)).toEqual(new Set([first.pid, other.pid]));
  const text = (await orderSync(workplace, ['daemons'])).stdout;
  expect(text).toMatch(/SHOP +WHERE +VERSION +UP SINCE +STATE/);
  expect(text).toContain(`${first.pid}`);
}, 60_000);
