import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { declareQueue } from '../../src/broker/topology.ts';
import { retryQueues } from '../../src/messages/retry-queues.ts';
import { orderSync } from '../commands/helpers/cli.ts';
import { aBystander } from '../helpers/broker.ts';
import {
  aWorkplace,
  type DaemonProcess,
  RETRY_DELAYS_MS,
  startDaemon,
  type Workplace,
} from '../helpers/daemon-process.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { notInstalled } from '../helpers/servers/installed.ts';
import { type PrivateRabbitMQ, startRabbitMQ } from '../helpers/servers/rabbitmq.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const REFUSED = 'RabbitMQ refuses us; trying again in case it passes';

describe.skipIf(notInstalled('rabbitmq'))("the broker's user", () => {
  let broker: PrivateRabbitMQ;
  beforeAll(async () => {
    broker = await startRabbitMQ();
  });
  afterAll(() => broker?.[Symbol.asyncDispose]());

  function urlAs(user: string, password: string): string {
    const url = new URL(broker.url);
    Object.assign(url, { username: user, password });
    return url.href;
  }

  /** A user that may read and publish, and declare nothing, and a queue whose arguments are not ours. */
  async function aReadersPlace(user: string, env: Readonly<Record<string, string>>): Promise<Workplace> {
    const workplace = aWorkplace({ ...env, RABBITMQ_URL: urlAs(user, 'secret'), RABBITMQ_DECLARE: 'passive' });
    const pattern = workplace.queue.replaceAll('.', '\\.');
    await broker.ctl('add_user', user, 'secret');
    await broker.ctl('set_permissions', user, '^$', '^amq\\.default$', `^${pattern}(\\.dead-letters)?$`);
    const { channel } = await aBystander(broker.url);
    await channel.assertQueue(workplace.queue, { maxPriority: 5, deadLetterExchange: 'amq.fanout' });
    return workplace;
  }

  test('without configure: check prints the command with which an administrator makes our queues', async () => {
    const workplace = await aReadersPlace('reader-1', { SHOP_BASE_URL: 'http://127.0.0.1:1' });
    const { queue } = workplace;
    const missing = `${queue}.retry.200, ${queue}.retry.400, ${queue}.dead-letters`;
    const refused = startDaemon(workplace);
    expect(await refused.exited).toBe(78);
    const fatal = refused.lines.find(({ level }) => level === 'fatal');
    expect(fatal?.['error']).toContain(`lacks ${missing}, and the user may not declare queues`);
    const { stdout } = await orderSync(workplace, ['check']);
    expect(stdout).toContain(`missing, and not for this user to make: ${missing}`);
    const definitions = /printf %s '(.+)' \| rabbitmqctl import_definitions$/ms.exec(stdout)?.[1] ?? '';
    const file = join(workplace.folder, 'definitions.json');
    writeFileSync(file, definitions);
    await broker.ctl('import_definitions', file);
    const bystander = await aBystander(broker.url);
    await expect.poll(() => bystander.messages(`${queue}.dead-letters`)).toBe(0);
    // They are as we would have made them.
    await startDaemon(workplace, { RABBITMQ_URL: broker.url }).ready();
  });

  test('without configure: orders, retries, dead letters and send work once the queues are there', async () => {
    const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '10086' })] });
    const workplace = await aReadersPlace('reader-2', shopEnv(shop));
    const { channel } = await aBystander(broker.url);
    for (const queue of retryQueues(workplace.queue, 'classic', RETRY_DELAYS_MS)) await declareQueue(channel, queue);
    const daemon = startDaemon(workplace);
    await daemon.ready();
    expect(await orderSync(workplace, ['send', '10086', 'unknown-1'])).toMatchObject({ status: 0 });
    await daemon.line((line) => line['outcome'] === 'synced');
    await daemon.line((line) => line['outcome'] === 'dead-lettered' && line['reason'] === 'order_not_found');
    const { stdout } = await orderSync(workplace, ['check', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ checks: [{}, { name: 'RabbitMQ', state: 'ok' }, {}, {}] });
  });

  test('without configure, but with an active declaration: the sentence names the passive one', async () => {
    await broker.ctl('add_user', 'nobody', 'secret');
    await broker.ctl('set_permissions', 'nobody', '^$', '.*', '.*');
    const daemon = startDaemon(
      aWorkplace({ RABBITMQ_URL: urlAs('nobody', 'secret'), SHOP_BASE_URL: 'http://127.0.0.1:1' }),
    );
    expect(await daemon.exited).toBe(78);
    expect(daemon.lines.find(({ level }) => level === 'fatal')?.['error']).toMatch(
      /refused user "nobody".*access to exchange .* refused.*RABBITMQ_DECLARE=passive/,
    );
  });

  test('refused at start, as by a back end that is away: told at once, and ready when that is over', async () => {
    await broker.ctl('add_user', 'early', 'another');
    await broker.ctl('set_permissions', 'early', '.*', '.*', '.*');
    const daemon = startDaemon(
      aWorkplace({ RABBITMQ_URL: urlAs('early', 'secret'), SHOP_BASE_URL: 'http://127.0.0.1:1' }),
    );
    expect(await daemon.line((line) => line.msg === REFUSED)).toMatchObject({
      level: 'error',
      error: expect.stringMatching(/refused user "early" .*Login was refused.*Check username and password/),
    });
    await broker.ctl('change_password', 'early', 'secret');
    await daemon.ready();
    expect(refusals(daemon)).toEqual([REFUSED, 'RabbitMQ no longer refuses us']);
  });

  test('a password that was rotated is read from its file again; the refusal is one line, and its end another', async () => {
    const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '10086' })] });
    await broker.ctl('add_user', 'rotated', 'first');
    await broker.ctl('set_permissions', 'rotated', '.*', '.*', '.*');
    const { hostname, port } = new URL(broker.url);
    const workplace = aWorkplace({ ...shopEnv(shop), RABBITMQ_URL: broker.url });
    const file = join(workplace.folder, 'password');
    writeFileSync(file, 'first\n');
    const daemon = startDaemon(workplace, {
      RABBITMQ_URL: '',
      RABBITMQ_HOST: hostname,
      RABBITMQ_PORT: port,
      RABBITMQ_USERNAME: 'rotated',
      RABBITMQ_PASSWORD_FILE: file,
    });
    await daemon.ready();
    await broker.ctl('change_password', 'rotated', 'second');
    await broker.ctl('close_all_connections', 'rotated');
    await daemon.line((line) => line.msg === REFUSED);
    writeFileSync(file, 'second\n');
    await daemon.line((line) => line.msg === 'RabbitMQ no longer refuses us');
    await (await aBystander(broker.url)).publish(workplace.queue, '10086');
    await daemon.line((line) => line['outcome'] === 'synced');
    expect(refusals(daemon)).toEqual([REFUSED, 'RabbitMQ no longer refuses us']);
  });
});

function refusals(daemon: DaemonProcess): string[] {
  return daemon.lines.map(({ msg }) => msg).filter((msg) => /refuses? us/.test(msg));
}
