import { spawnSync } from 'node:child_process';
import { freePorts } from './free-ports.mjs';
import { rememberContainer, sayHowToStop, untilReady } from './private-broker.mjs';
import { SetupError, step } from './report.mjs';

const IMAGE = 'rabbitmq:4';

/** Is there a Docker engine that this user may use? */
export function dockerWorks() {
  return spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

/** Starts RabbitMQ in a container that stays for later runs. @returns {Promise<string>} its URL */
export async function startDockerBroker() {
  const [port] = await freePorts(1);
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  const container = `order-sync-rabbitmq-${port}`;
  const args = ['run', '--detach', '--rm', '--name', container, '--publish', `127.0.0.1:${port}:5672`, IMAGE];
  await step(`starting ${IMAGE} in Docker on port ${port}`, async () => {
    const output = process.stderr.fd;
    if (spawnSync('docker', args, { stdio: ['ignore', output, output] }).status !== 0) {
      throw new SetupError(`docker ${args.join(' ')} failed; its own message is above.`);
    }
    rememberContainer(url, container);
    const problem = await untilReady(url, () => true);
    if (problem !== undefined) throw new SetupError(`RabbitMQ in Docker ${problem}. See: docker logs ${container}`);
  });
  sayHowToStop();
  return url;
}
