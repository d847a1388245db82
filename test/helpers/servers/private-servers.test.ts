import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import amqp from 'amqplib';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { notInstalled } from './installed.ts';
import { startMariadb } from './mariadb.ts';
import { startPostgres } from './postgres.ts';
import type { PrivateServer } from './private-server.ts';
import { type PrivateRabbitMQ, startRabbitMQ } from './rabbitmq.ts';

describe.skipIf(notInstalled('rabbitmq'))('a private RabbitMQ', () => {
  let server: PrivateRabbitMQ;
  beforeAll(async () => {
    server = await startRabbitMQ(['consumer_timeout = 123456']);
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test('keeps a confirmed message when it is killed and started again', async () => {
    await onChannel(server.url, async (channel) => {
      await channel.assertQueue('kept', { durable: true });
      channel.sendToQueue('kept', Buffer.from('10086'), { persistent: true });
      await channel.waitForConfirms();
    });
    await server.kill();
    await expect(amqp.connect(server.url)).rejects.toThrow('ECONNREFUSED');
    await server.start();
    await onChannel(server.url, async (channel) => {
      const message = await channel.get('kept', { noAck: true });
      expect(message).toMatchObject({ content: Buffer.from('10086') });
    });
  });

  test('stops cleanly and starts again', async () => {
    await server.stop();
    await expect(amqp.connect(server.url)).rejects.toThrow('ECONNREFUSED');
    await server.start();
    await onChannel(server.url, async (channel) => void (await channel.checkQueue('kept')));
  });

  test('has its own rabbitmqctl and its own settings', async () => {
    expect(await server.ctl('list_queues', '--silent', 'name')).toContain('kept');
    expect(await server.ctl('environment')).toContain('123456');
    await expect(server.ctl('delete_queue', 'absent')).rejects.toThrow('absent');
  });
});

describe.skipIf(notInstalled('postgres'))('a private PostgreSQL', () => {
  keepsWhatIsCommitted(
    () => startPostgres({ lock_timeout: '1234ms' }),
    async (url, sql) => {
      const client = new pg.Client(url);
      client.on('error', () => {});
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } finally {
        await client.end();
      }
    },
  );
});

describe.skipIf(notInstalled('mariadb'))('a private MariaDB', () => {
  keepsWhatIsCommitted(
    () => startMariadb({ 'innodb-lock-wait-timeout': '3' }),
    async (url, sql) => {
      const connection = await mysql.createConnection(url);
      try {
        return (await connection.query(sql))[0];
      } finally {
        await connection.end();
      }
    },
  );
});

describe.skipIf(notInstalled('postgres'))('a private server', () => {
  test('ends, and its folder is removed, when the process that started it is killed', async () => {
    const script = fileURLToPath(new URL('start-and-wait.ts', import.meta.url));
    const owner = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(createInterface({ input: owner.stdout }), 'line');
    const { url, folder } = JSON.parse(String(line));
    expect(existsSync(folder)).toBe(true);
    owner.kill('SIGKILL');
    await expect.poll(() => existsSync(folder), { timeout: 20_000 }).toBe(false);
    await expect(new pg.Client(url).connect()).rejects.toThrow('ECONNREFUSED');
  });
});

function keepsWhatIsCommitted(
  start: () => Promise<PrivateServer>,
  query: (url: string, sql: string) => Promise<unknown>,
): void {
  let server: PrivateServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server?.[Symbol.asyncDispose]());

  test('keeps what was committed when it is killed and started again', async () => {
    await query(server.url, 'CREATE TABLE kept (number VARCHAR(20))');
    await query(server.url, "INSERT INTO kept VALUES ('10086')");
    await server.kill();
    await expect(query(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await server.start();
    expect(await query(server.url, 'SELECT number FROM kept')).toEqual([{ number: '10086' }]);
  });

  test('stops cleanly and starts again', async () => {
    await server.stop();
    await expect(query(server.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await server.start();
    expect(await query(server.url, 'SELECT number FROM kept')).toEqual([{ number: '10086' }]);
  });
}

async function onChannel(url: string, work: (channel: amqp.ConfirmChannel) => Promise<void>): Promise<void> {
  const connection = await amqp.connect(url);
  try {
    await work(await connection.createConfirmChannel());
  } finally {
    await connection.close();
  }
}
