import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { probeBroker } from '../../../scripts/setup/amqp-probe.mjs';
import { layOutNode, nodeCommand } from '../../../scripts/setup/rabbitmq-node.mjs';
import { requireInstalled } from './installed.ts';
import { type PrivateServer, serverFolder, startPrivateServer } from './private-server.ts';

export interface PrivateRabbitMQ extends PrivateServer {
  /** Runs `rabbitmqctl` on this node. @returns its output */
  ctl(...args: string[]): Promise<string>;
}

/**
 * Starts a private RabbitMQ node with its own data, node name, ports and epmd. It takes 3 to 6 s.
 *
 * @param settings lines of rabbitmq.conf, such as `consumer_timeout = 60000`
 */
export async function startRabbitMQ(settings: string[] = [], plugins: string[] = []): Promise<PrivateRabbitMQ> {
  const binaries = requireInstalled('rabbitmq');
  const folder = serverFolder('rabbitmq');
  const node = await layOutNode(folder, settings, plugins);
  const { program, args } = nodeCommand(binaries, node);
  const server = await startPrivateServer({
    name: 'RabbitMQ',
    program,
    args,
    env: node.env,
    folder,
    url: node.url,
    port: node.port,
    stopSignal: 'SIGTERM',
    isReady: async () => (await probeBroker(node.url)) === 'ready',
  });
  const ctl = async (...words: string[]) => {
    const { stdout } = await promisify(execFile)(join(binaries, 'rabbitmqctl'), words, { env: node.env });
    return stdout;
  };
  const kill = async () => {
    // RabbitMQ 3 writes declarations to disk up to two seconds late. Killed before, it forgets the queue with all its
    // confirmed messages. That is RabbitMQ's flaw, not what the tests are about.
    await ctl('--timeout', '5', 'eval', 'mnesia:sync_log().').catch(() => {});
    await server.kill();
  };
  return { ...server, kill, ctl };
}
