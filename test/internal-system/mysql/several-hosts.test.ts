import mysql from 'mysql2/promise';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createInternalSystem } from '../../../src/internal-system/create-internal-system.ts';
import type { InternalSystem } from '../../../src/internal-system/internal-system.ts';
import { notInstalled } from '../../helpers/servers/installed.ts';
import { startMariadb } from '../../helpers/servers/mariadb.ts';
import type { PrivateServer } from '../../helpers/servers/private-server.ts';
import { aCall } from '../../helpers/write-call.ts';
import { NOON, outcomesOf, versions } from '../helpers/writes.ts';

async function run({ url }: PrivateServer, sql: string): Promise<void> {
  const admin = await mysql.createConnection(url);
  await admin.query(sql);
  await admin.end();
}

const write = (system: InternalSystem, number: string) =>
  outcomesOf(system.writeOrders(versions(NOON, number), aCall()));

describe.skipIf(notInstalled('mariadb'))('of several MariaDB hosts', () => {
  it('one that is read-only is turned away, at first and once it becomes so', async () => {
    const [first, second] = await Promise.all([startMariadb(), startMariadb()]);
    onTestFinished(() => first[Symbol.asyncDispose]());
    onTestFinished(() => second[Symbol.asyncDispose]());
    await run(first, 'SET GLOBAL read_only = ON');
    const lines: string[] = [];
    const system = await createInternalSystem({
      url: `mysql://root@127.0.0.1:${first.port},127.0.0.1:${second.port}/test`,
      shop: 'demo',
      env: {},
      notify: (level, message) => void lines.push(`${level}: ${message}`),
    });
    onTestFinished(() => system.close?.());
    await system.open();
    expect(await write(system, 'M1')).toEqual(['synced']);
    expect(lines).toEqual([
      `info: connected to the MySQL server at 127.0.0.1:${second.port}. The MySQL server at 127.0.0.1:${first.port} is read-only (read_only), perhaps as a replica: it takes no orders.`,
    ]);
    await run(second, 'SET GLOBAL read_only = ON');
    // No other one takes orders. The session of root, which may write all the same, is kept for the time being.
    await second.kill();
    await expect
      .poll(() => write(system, 'M2'))
      .toMatchObject({
        reason: 'internal_system_unavailable',
        message: expect.stringMatching(`${second.port} is not answering.*${first.port} is read-only`),
      });
    await run(first, 'SET GLOBAL read_only = OFF');
    await expect
      .poll(() => outcomesOf(system.listOrders?.({ limit: 1 }).then(() => []) ?? Promise.resolve([])))
      .toMatchObject({
        reason: 'internal_system_unavailable',
        message: expect.stringContaining(`${first.port} answered 1146`),
      });
    expect(lines.at(-1)).toMatch(`warn: connected to the MySQL server at 127.0.0.1:${first.port} from now on`);
  });
});
