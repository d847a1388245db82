import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findAlarm } from '../../src/broker/alarm.ts';
import { checkOptions } from '../../src/broker/options.ts';
import { orderSync } from '../commands/helpers/cli.ts';
import { aWorkplace, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { aFreePort } from '../helpers/free-port.ts';
import { notInstalled } from '../helpers/servers/installed.ts';
import { type PrivateRabbitMQ, startRabbitMQ } from '../helpers/servers/rabbitmq.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

/** RabbitMQ tells of an alarm only those who publish while it lasts. */
describe.skipIf(notInstalled('rabbitmq'))('an alarm of RabbitMQ', () => {
  let broker: PrivateRabbitMQ;
  beforeAll(async () => {
    broker = await startRabbitMQ();
    await broker.ctl('add_user', 'reader', 'reader');
    await broker.ctl('set_permissions', 'reader', '.*', '^$', '.*');
  });
  afterAll(() => broker?.[Symbol.asyncDispose]());

  const raise = () => broker.ctl('set_vm_memory_high_watermark', '0');
  const clear = () => broker.ctl('set_vm_memory_high_watermark', '0.4');
  beforeEach(async () => {
    await clear();
    return async () => void (await clear());
  });

  async function aPlace(): Promise<Workplace> {
    return aWorkplace({ ...shopEnv(await aShop()), RABBITMQ_URL: broker.url, OPS_PORT: await aFreePort() });
  }

  /** As `check` asks, of a user's connection. */
  function alarmSeenBy(url: string): Promise<string | undefined> {
    const [endpoint] = checkOptions({ url, exchange: 'x', queue: 'x', routingKey: 'x' }).endpoints();
    return findAlarm(endpoint, 'test');
  }

  test('is found by whoever asks, though nobody has published, and only while it lasts', async () => {
    expect(await alarmSeenBy(broker.url)).toBeUndefined();
    await raise();
    expect(await alarmSeenBy(broker.url)).toBe('low on memory');
    await clear();
    await expect.poll(() => alarmSeenBy(broker.url)).toBeUndefined();
  });

  test('is not denied by a user that may not ask', async () => {
    const reader = Object.assign(new URL(broker.url), { username: 'reader', password: 'reader' }).href;
    await expect(alarmSeenBy(reader)).rejects.toThrow(/ACCESS_REFUSED/);
    const { stdout } = await orderSync(await aPlace(), ['check'], { env: { RABBITMQ_URL: reader } });
    expect(stdout).toMatch(/! whether it takes messages could not be tested: .*ACCESS_REFUSED/);
  });

  test('fails check, which names it and says what to do', async () => {
    const workplace = await aPlace();
    expect((await orderSync(workplace, ['check'])).status).toBe(0);
    await raise();
    const { status, stdout } = await orderSync(workplace, ['check']);
    expect(status).toBe(69);
    expect(stdout).toContain('✗ RabbitMQ         takes no messages from anybody (low on memory)');
    expect(stdout).toContain('→ Free memory or disk space on the broker');
  });

  test('is what send says instead of a missing confirm', async () => {
    const workplace = await aPlace();
    await raise();
    const { status, stderr } = await orderSync(workplace, ['send', '10086']);
    expect(status).toBe(69);
    expect(stderr).toContain('RabbitMQ takes no messages at present (low on memory): free memory or disk space there.');
  }, 40_000);

  test('is noticed by a daemon that has nothing to publish: log, /readyz, metric, top; and so is its end', async () => {
    const workplace = await aPlace();
    const origin = `http://127.0.0.1:${workplace.env['OPS_PORT']}`;
    const get = async (path: string) => await (await fetch(`${origin}${path}`)).text();
    const daemon = startDaemon(workplace);
    await daemon.ready();
    await raise();
    const line = await daemon.line(({ msg }) => msg.startsWith('RabbitMQ takes no messages (low on memory)'));
    expect(line).toMatchObject({ level: 'error', reason: 'low on memory' });
    expect(JSON.parse(await get('/readyz'))).toMatchObject({
      ready: false,
      reason: 'RabbitMQ takes no messages (low on memory): new events, retries and dead letters wait',
    });
    expect(await get('/metrics')).toMatch(/^order_sync_broker_alarm 1$/m);
    expect((await orderSync(workplace, ['top'])).stdout).toContain(
      'RABBITMQ ALARM: it takes no messages (low on memory)',
    );
    await clear();
    await daemon.line(({ msg }) => msg === 'RabbitMQ takes messages again');
    expect(await get('/metrics')).toMatch(/^order_sync_broker_alarm 0$/m);
    expect((await orderSync(workplace, ['top'])).stdout).toContain('RUNNING');
  }, 60_000);
});
