import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { orderSync } from '../commands/helpers/cli.ts';
import { codeBlocks } from '../docs/documents.ts';
import { aBystander } from '../helpers/broker.ts';
import { startDaemon } from '../helpers/daemon-process.ts';
import { anOrderDocument } from '../helpers/order-builder.ts';
import { notInstalled } from '../helpers/servers/installed.ts';
import { aShop, shopEnv } from '../helpers/shop.ts';
import { documented, type GuardedServers, startGuardedServers } from './helpers/guarded-servers.ts';

describe.skipIf(notInstalled('rabbitmq') || notInstalled('postgres'))(
  'with only the privileges that README.md grants',
  () => {
    let servers: GuardedServers;
    beforeAll(async () => {
      servers = await startGuardedServers({ broker: 'broker-password', database: 'database-password' });
    });
    afterAll(() => servers?.[Symbol.asyncDispose]());

    test('everything works: orders, retries, dead letters, replay, reconciliation, reconnecting', async () => {
      const shop = await aShop({ orders: [anOrderDocument({ orderNumber: '10086' })] });
      const workplace = servers.workplace(shopEnv(shop));
      const daemon = startDaemon(workplace);
      await daemon.ready();
      expect(await orderSync(workplace, ['send', '10086', '10087'])).toMatchObject({ status: 0 });
      await daemon.line((line) => line['outcome'] === 'synced');
      await daemon.line((line) => line['outcome'] === 'dead-lettered' && line['reference'] === '10087');
      shop.put(anOrderDocument({ orderNumber: '10087' }));
      expect(await orderSync(workplace, ['dead-letters', 'replay', '10087'])).toMatchObject({ status: 0 });
      await daemon.line((line) => line['outcome'] === 'synced' && line['orderNumber'] === '10087');
      shop.put(anOrderDocument({ orderNumber: '10088', updatedAt: new Date(Date.now() - 3_600_000).toISOString() }));
      expect(await orderSync(workplace, ['reconcile', '--since', '24h'])).toMatchObject({ status: 0 });
      await daemon.line((line) => line['outcome'] === 'synced' && line['orderNumber'] === '10088');
      await servers.broker.ctl('close_all_connections', 'a test');
      await daemon.line((line) => line.msg === 'RabbitMQ is back');
      expect(await orderSync(workplace, ['check'])).toMatchObject({ status: 0 });
      expect(await orderSync(workplace, ['status', '10086'])).toMatchObject({ status: 0 });
      daemon.signal('SIGTERM');
      expect(await daemon.exited).toBe(0);
      expect(daemon.lines.filter((line) => line['level'] === 'fatal')).toEqual([]);
    });

    test('nothing else does: other queues, tables, schemas, roles', async () => {
      const workplace = servers.workplace({});
      const { model } = await aBystander(workplace.env['RABBITMQ_URL']);
      const channel = await model.createChannel();
      channel.on('error', () => undefined);
      await expect(channel.assertQueue('invoices')).rejects.toThrow('ACCESS_REFUSED');
      const role = new pg.Client(workplace.env['INTERNAL_SYSTEM_URL']);
      await role.connect();
      try {
        for (const statement of [
          'DROP TABLE orders',
          'ALTER TABLE orders ADD COLUMN x int',
          'TRUNCATE orders',
          'CREATE SCHEMA x',
          'CREATE ROLE x',
          'INSERT INTO order_sync_schema DEFAULT VALUES',
        ]) {
          await expect(role.query(statement)).rejects.toMatchObject({ code: '42501' });
        }
      } finally {
        await role.end();
      }
    });

    test.for(['docs/operations.md', 'README.zh-CN.md'])('%s shows the same grants', (document) => {
      const lines = codeBlocks(document).flatMap(({ code }) => code.split('\n'));
      const grants = [...documented('sh', /^rabbitmqctl .*/gm), ...documented('sql', /^GRANT .*;/gm)];
      expect(lines).toEqual(expect.arrayContaining(grants));
    });
  },
);
