import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { probeBroker } from '../../../scripts/setup/amqp-probe.mjs';
import { layOutNode, nodeCommand, type RabbitmqNode } from '../../../scripts/setup/rabbitmq-node.mjs';
import { requireInstalled } from './installed.ts';
import { type PrivateServer, type ServerCommand, serverFolder, startPrivateServer } from './private-server.ts';

export interface PrivateRabbitMQ extends PrivateServer {
  /** `host:port` of its AMQP listener. */
  readonly address: string;
  /** Runs `rabbitmqctl` on this node. @returns its output */
  ctl(...args: string[]): Promise<string>;
}

/**
 * Starts a private RabbitMQ node with its own data, node name, ports and epmd. It takes 3 to 6 s.
 *
 * @param settings lines of rabbitmq.conf, such as `consumer_timeout = 60000`
 * @param binaries the folder of rabbitmq-server and rabbitmqctl
 */
export async function startRabbitMQ(
  settings: string[] = [],
  plugins: string[] = [],
  binaries: string = requireInstalled('rabbitmq'),
): Promise<PrivateRabbitMQ> {
  const folder = serverFolder('rabbitmq');
  const node = await layOutNode(folder, settings, plugins);
  const server = await startNode({ ...nodeCommand(binaries, node), binaries, folder, node });
  const kill = async () => {
    // RabbitMQ 3 writes declarations to disk up to two seconds late. Killed before, it forgets the queue with all its
    // confirmed messages. That is RabbitMQ's flaw, not what the tests are about.
    await server.ctl('--timeout', '5', 'eval', 'mnesia:sync_log().').catch(() => {});
    await server.kill();
  };
  return { ...server, kill };
}

export interface NodeCommand extends Pick<ServerCommand, 'program' | 'args' | 'folder'> {
  readonly binaries: string;
  readonly node: RabbitmqNode;
}

/** Starts a node that is laid out already. */
export async function startNode({ binaries, node, ...command }: NodeCommand): Promise<PrivateRabbitMQ> {
  const server = await startPrivateServer({
    ...command,
    name: 'RabbitMQ',
    env: node.env,
    url: node.url,
    port: node.port,
    stopSignal: 'SIGTERM',
    isReady: async () => (await probeBroker(node.url)) === 'ready',
  });
  const ctl = async (...words: string[]) => {
    const { stdout } = await promisify(execFile)(join(binaries, 'rabbitmqctl'), words, { env: node.env });
    return stdout;
  };
  return { ...server, address: new URL(node.url).host, ctl };
}
