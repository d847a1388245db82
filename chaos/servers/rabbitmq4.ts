import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { probeBroker } from '../../scripts/setup/amqp-probe.mjs';
import { freePorts } from '../../scripts/setup/free-ports.mjs';
import { serverFolder, startPrivateServer } from '../../test/helpers/servers/private-server.ts';
import type { PrivateRabbitMQ } from '../../test/helpers/servers/rabbitmq.ts';

/**
 * Few distributions have RabbitMQ 4 yet, so you bring your own: CHAOS_RABBITMQ4 names a program that runs one in the
 * foreground on the given port (`program PORT`), and its rabbitmqctl (`program ctl PORT …`).
 */
const PROGRAM = process.env['CHAOS_RABBITMQ4'];

/** Why no RabbitMQ 4 can be started; undefined when one can. */
export function noRabbitMQ4(): string | undefined {
  return PROGRAM === undefined ? 'CHAOS_RABBITMQ4 is not set to a program that starts RabbitMQ 4' : undefined;
}

export async function startRabbitMQ4(): Promise<PrivateRabbitMQ> {
  const program = PROGRAM;
  if (program === undefined) throw new Error(noRabbitMQ4());
  const [port = 0] = await freePorts(1);
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  const server = await startPrivateServer({
    name: 'RabbitMQ 4',
    program,
    args: [String(port)],
    folder: serverFolder('rabbitmq4'),
    url,
    port,
    stopSignal: 'SIGTERM',
    isReady: async () => (await probeBroker(url)) === 'ready',
  });
  const ctl = async (...words: string[]) => {
    const { stdout } = await promisify(execFile)(program, ['ctl', String(port), ...words]);
    return stdout;
  };
  return { ...server, ctl };
}
