import { expect, onTestFinished, test } from 'vitest';
import { BrokerError } from '../../src/index.ts';
import { aRabbit } from '../helpers/broker.ts';
import { aWorkplace, startDaemon } from '../helpers/daemon-process.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { notInstalled } from '../helpers/servers/installed.ts';
import { startRabbitMQCluster } from '../helpers/servers/rabbitmq-cluster.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const ORDERS = Array.from({ length: 20 }, (_, index) => String(20_001 + index));
const PASSWORD = 'one,two@three/four';

test.skipIf(notInstalled('rabbitmq'))(
  'the node that the daemon is connected to is killed, and it goes on with the next: no balancer, no order lost',
  async () => {
    const { nodes, ...cluster } = await startRabbitMQCluster();
    onTestFinished(() => cluster[Symbol.asyncDispose]());
    await nodes[0].ctl('add_user', 'order-sync', PASSWORD);
    await nodes[0].ctl('set_permissions', 'order-sync', '.*', '.*', '.*');
    // Only what has to be is encoded: the comma is not.
    const url = `amqp://order-sync:one,two%40three%2Ffour@${nodes.map(({ address }) => address).join(',')}/`;
    const shop = await aShop({ orders: ORDERS.map((orderNumber) => anOrderDocument({ orderNumber })) });
    const workplace = aWorkplace({ ...shopEnv(shop), RABBITMQ_URL: url, RABBITMQ_QUEUE_TYPE: 'quorum' });
    const { queue } = workplace;
    const daemon = startDaemon(workplace);
    await daemon.ready();

    const publisher = aRabbit({ url, queue, exchange: queue, routingKey: queue, queueType: 'quorum' });
    await publisher.open();
    const sendUntilConfirmed = async (orderNumber: string): Promise<void> => {
      try {
        await publisher.send({ orderNumber, event: 'paid' });
      } catch (error) {
        if (!(error instanceof BrokerError)) throw error;
        await sendUntilConfirmed(orderNumber);
      }
    };
    for (const orderNumber of ORDERS.slice(0, 10)) await sendUntilConfirmed(orderNumber);
    const connected = await daemon.line(
      (line) => line.msg === 'connected to RabbitMQ' && line['connection'] === 'consuming',
    );
    const node = nodes.find(({ address }) => address === connected['broker']);
    if (node === undefined) throw new TypeError(`no node is at ${connected['broker']}`);
    await node.kill();

    for (const orderNumber of ORDERS.slice(10)) await sendUntilConfirmed(orderNumber);
    const next = await daemon.line(
      (line) => line['connection'] === 'consuming' && /^connected|is back$/.test(line.msg) && line !== connected,
    );
    expect(next['broker']).not.toBe(node.address);
    await expect
      .poll(
        () => new Set(daemon.outcomes().flatMap(({ reference, outcome }) => (outcome === 'synced' ? [reference] : []))),
      )
      .toEqual(new Set(ORDERS));
    expect(JSON.stringify(daemon.lines)).not.toMatch(/one,two|three/);
  },
  240_000,
);
