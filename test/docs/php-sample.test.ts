import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect } from 'amqplib';
import { beforeAll, describe, expect, test } from 'vitest';
import { aWorkplace } from '../helpers/daemon-process.ts';
import { type PrivateRabbitMQ, startRabbitMQ } from '../helpers/servers/rabbitmq.ts';
import { codeBlocks } from './documents.ts';

const DOCUMENTED_LOGIN = "'host' => '127.0.0.1', 'login' => 'shop', 'password' => 'another-long-password'";

describe.skipIf(phpAmqpMissing())('the PHP sample in docs/publishing.md', () => {
  let broker: PrivateRabbitMQ;

  beforeAll(async () => {
    broker = await startRabbitMQ();
    return () => broker[Symbol.asyncDispose]();
  });

  test('publishes an event into the queue', async () => {
    await bindQueue(broker);
    expect(await runSample(broker)).toEqual({ status: 0, stderr: '' });
    expect(await broker.ctl('list_queues', '--silent', 'name', 'messages')).toContain('orders\t1');
  });

  test('ends with an exception while RabbitMQ takes no messages, instead of hanging', async () => {
    await bindQueue(broker);
    await broker.ctl('set_vm_memory_high_watermark', '0');
    const { status, stderr } = await runSample(broker);
    expect(status).toBe(255);
    expect(stderr).toContain('Wait timeout');
  });
});

async function bindQueue(broker: PrivateRabbitMQ): Promise<void> {
  const connection = await connect(broker.url);
  const channel = await connection.createChannel();
  await channel.assertExchange('orders', 'direct');
  await channel.assertQueue('orders');
  await channel.bindQueue('orders', 'orders', 'orders');
  await connection.close();
}

/** Runs it as it stands, but for where the broker is. It has a minute: one that hangs is killed. */
async function runSample({ port }: PrivateRabbitMQ): Promise<{ status: unknown; stderr: string }> {
  const sample = codeBlocks('docs/publishing.md', 'php')[0]?.code ?? '';
  expect(sample).toContain(DOCUMENTED_LOGIN);
  const login = `'host' => '127.0.0.1', 'port' => ${port}, 'login' => 'guest', 'password' => 'guest'`;
  const script = join(aWorkplace().folder, 'publish.php');
  writeFileSync(script, `<?php\n${sample.replace(DOCUMENTED_LOGIN, login)}`);
  const args = ['-d', 'display_errors=stderr', script];
  try {
    const { stderr } = await promisify(execFile)('php', args, { timeout: 60_000, killSignal: 'SIGKILL' });
    return { status: 0, stderr };
  } catch (error) {
    const { code, stderr } = error as { code: unknown; stderr: string };
    return { status: code, stderr };
  }
}

function phpAmqpMissing(): boolean {
  const { stdout } = spawnSync('php', ['-r', "echo extension_loaded('amqp');"], { encoding: 'utf8' });
  if (stdout === '1') return false;
  console.warn('SKIPPED: there is no php with amqp here. To run the PHP sample: apt-get install php-cli php-amqp');
  return true;
}
