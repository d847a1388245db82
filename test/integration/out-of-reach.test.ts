import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { BrokerUnavailableError } from '../../src/index.ts';
import { QueueDepths } from '../../src/messages/queue-depths.ts';
import { deadLetterQueueName } from '../../src/messages/retry-queues.ts';
import { orderSync } from '../commands/helpers/cli.ts';
import { aDeadLetter } from '../commands/helpers/dead-letters.ts';
import { aBystander, aRabbit } from '../helpers/broker.ts';
import { aWorkplace, RETRY_DELAYS_MS, startDaemon, type Workplace } from '../helpers/daemon-process.ts';
import { notInstalled } from '../helpers/servers/installed.ts';
import { type RabbitMQCluster, startRabbitMQCluster } from '../helpers/servers/rabbitmq-cluster.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';

const NODE_IS_DOWN = /RabbitMQ at 127\.0\.0\.11:\d+ answers, but refuses: NOT_FOUND - home node '.+' of durable queue/;

describe.skipIf(notInstalled('rabbitmq'))('queues whose nodes are down', () => {
  let cluster: RabbitMQCluster;
  beforeAll(async () => {
    // Alone, a node of the default goes down with the others, and then says nothing untrue.
    cluster = await startRabbitMQCluster({ settings: ['cluster_partition_handling = ignore'] });
  }, 180_000);
  afterAll(() => cluster?.[Symbol.asyncDispose]());

  /** Queues declared on the third node, with a dead letter; used from the first. */
  async function aPlace(queueType: 'classic' | 'quorum'): Promise<Workplace> {
    const [first, , third] = cluster.nodes;
    const shop = shopEnv(await aShop());
    const workplace = aWorkplace({ ...shop, RABBITMQ_URL: first.url, RABBITMQ_QUEUE_TYPE: queueType });
    const daemon = startDaemon(workplace, { RABBITMQ_URL: third.url });
    await daemon.ready();
    if (queueType === 'classic') await aDeadLetter(await aBystander(third.url), workplace.queue);
    daemon.signal('SIGTERM');
    await daemon.exited;
    return workplace;
  }

  function depthsOf({ queue, env }: Workplace): QueueDepths {
    const depths = new QueueDepths({
      rabbitmq: { url: env['RABBITMQ_URL'] ?? '', exchange: queue, queue, routingKey: queue },
      retryDelaysMs: RETRY_DELAYS_MS,
      deadLettersInUse: () => deadLetterQueueName(queue),
      managementUrl: undefined,
    });
    onTestFinished(() => depths.close());
    return depths;
  }

  test('are never called missing or empty, and are back with their nodes', async () => {
    const [first, second, third] = cluster.nodes;
    const workplace = await aPlace('classic');
    const { queue } = workplace;
    const quorum = await aPlace('quorum');
    const rabbit = aRabbit({ url: first.url, exchange: queue, queue, routingKey: queue, publishTimeoutMs: 3_000 });
    await rabbit.open();
    await rabbit.subscribe((delivery) => void delivery.requeue());
    await third.kill();
    await expect.poll(() => rabbit.isUp, { timeout: 20_000 }).toBe(false);

    // The class: typed, with the cause and the name of the node.
    await expect.poll(() => rabbit.problem?.message, { timeout: 20_000 }).toMatch(NODE_IS_DOWN);
    for (const request of [() => rabbit.send('10086'), () => rabbit.take(), () => rabbit.waiting()]) {
      const error: unknown = await request().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(BrokerUnavailableError);
      expect(error).toMatchObject({ brokerAnswers: true, message: expect.stringMatching(NODE_IS_DOWN) });
      expect((error as Error).cause).toBeInstanceOf(Error);
    }
    await rabbit.close();

    // The commands.
    const check = await orderSync(workplace, ['check']);
    expect(check.status).toBe(69);
    expect(check.stdout).toContain(`✗ RabbitMQ         out of reach: ${queue}, ${queue}.dead-letters`);
    expect(check.stdout).toMatch(NODE_IS_DOWN);
    expect(check.stdout).not.toMatch(/does not exist|0 events|0 consumers/);
    for (const args of [
      ['dead-letters', 'list'],
      ['dead-letters', 'replay', '--all'],
    ]) {
      const { status, stdout, stderr } = await orderSync(workplace, args);
      expect({ status, stdout, stderr }).toEqual({
        status: 69,
        stdout: '',
        stderr: expect.stringMatching(NODE_IS_DOWN),
      });
    }

    // The figures.
    expect(await depthsOf(workplace).look()).toMatchObject({
      waiting: undefined,
      retrying: 0,
      deadLetters: undefined,
      problem: expect.stringMatching(NODE_IS_DOWN),
    });
    const daemon = startDaemon(workplace);
    const line = await daemon.line(({ msg }) => msg.startsWith("RabbitMQ answers, but can't serve us"));
    expect(line['error']).toMatch(NODE_IS_DOWN);

    // A quorum queue goes on meanwhile, and says so.
    const other = await orderSync(quorum, ['check']);
    expect(other.stdout).toContain(`queue ${quorum.queue} (quorum): 0 events waiting, 0 consumers`);
    expect(await depthsOf(quorum).look()).toMatchObject({
      waiting: 0,
      retrying: 0,
      deadLetters: 0,
      problem: undefined,
    });

    await third.start();
    await daemon.ready();
    daemon.signal('SIGTERM');
    await daemon.exited;
    const back = await orderSync(workplace, ['dead-letters', 'list', '--json']);
    expect(back).toMatchObject({ status: 0, stdout: expect.stringContaining('"order":"10086"') });

    // A quorum queue without a majority.
    await Promise.all([second.kill(), third.kill()]);
    const lost = await orderSync(quorum, ['check']);
    expect(lost.status).toBe(69);
    expect(lost.stdout).toMatch(/✗ RabbitMQ {9}out of reach: /);
    expect(lost.stdout).not.toMatch(/does not exist|0 events/);
    const listed = await orderSync(quorum, ['dead-letters', 'list']);
    expect(listed).toMatchObject({ status: 69, stdout: '' });
    expect(listed.stderr).toMatch(
      /^order-sync: The dead letters can't be read, and are all still there\. RabbitMQ at /,
    );
    const depths = depthsOf(quorum);
    await expect
      .poll(() => depths.look(), { timeout: 30_000, interval: 1_000 })
      .toMatchObject({ waiting: undefined, retrying: undefined, deadLetters: undefined });
  }, 600_000);
});
