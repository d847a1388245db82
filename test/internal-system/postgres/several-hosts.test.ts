import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createInternalSystem } from '../../../src/internal-system/create-internal-system.ts';
import type { InternalSystem } from '../../../src/internal-system/internal-system.ts';
import { aFreePort } from '../../helpers/free-port.ts';
import { notInstalled } from '../../helpers/servers/installed.ts';
import { startPostgresPair } from '../../helpers/servers/postgres-pair.ts';
import { aCall } from '../../helpers/write-call.ts';
import { NOON, outcomesOf, versions } from '../helpers/writes.ts';

async function aPair() {
  const pair = await startPostgresPair();
  onTestFinished(() => pair[Symbol.asyncDispose]());
  return pair;
}

async function aDaemon(...ports: number[]) {
  const lines: string[] = [];
  const hosts = ports.map((port) => `127.0.0.1:${port}`).join(',');
  const system = await createInternalSystem({
    url: `postgres://root@${hosts}/test?target_session_attrs=read-write`,
    shop: 'demo',
    env: {},
    notify: (level, message) => void lines.push(`${level}: ${message}`),
  });
  onTestFinished(() => system.close?.());
  return { system, lines };
}

const write = (system: InternalSystem, ...numbers: string[]) =>
  outcomesOf(system.writeOrders(versions(NOON, ...numbers), aCall()));

const stored = async (system: InternalSystem) =>
  ((await system.listOrders?.({ limit: 100 })) ?? []).map(({ orderNumber }) => orderNumber).toSorted();

describe.skipIf(notInstalled('postgres'))('of several PostgreSQL hosts', () => {
  it('a standby that is named first is turned away, and so is a host where nothing listens', async () => {
    const pair = await aPair();
    const closed = Number(await aFreePort());
    const { system, lines } = await aDaemon(closed, pair.standby.port, pair.primary.port);
    await system.open();
    expect(await write(system, 'A1')).toEqual(['synced']);
    expect(lines.find((line) => line.startsWith('info'))).toMatch(
      new RegExp(
        `^info: connected to PostgreSQL at 127.0.0.1:${pair.primary.port}. ` +
          `PostgreSQL at 127.0.0.1:${closed} is not answering: .*ECONNREFUSED.* ` +
          `PostgreSQL at 127.0.0.1:${pair.standby.port} is a standby: it takes no orders.$`,
      ),
    );
    const alone = await aDaemon(pair.standby.port);
    await expect(alone.system.open()).rejects.toMatchObject({
      reason: 'internal_system_unavailable',
      message: `PostgreSQL at 127.0.0.1:${pair.standby.port} is a standby: it takes no orders.`,
    });
  }, 180_000);

  it('the promoted one is found after the primary was killed, with all that was replicated; both down is an outage', async () => {
    const pair = await aPair();
    await pair.setSynchronous(true);
    const [first, second] = [pair.primary, pair.standby];
    const { system, lines } = await aDaemon(first.port, second.port);
    await system.open();
    const numbers = Array.from({ length: 20 }, (_, index) => `R${index}`);
    for (const number of numbers) expect(await write(system, number)).toEqual(['synced']);
    await first.kill();
    const failure = await write(system, 'X1');
    expect(failure).toMatchObject({ reason: 'internal_system_unavailable' });
    // Neither is written to while one is down and the other is a standby.
    expect(await write(system, 'X1')).toMatchObject({
      message: expect.stringMatching(`${first.port} is not answering.*${second.port} is a standby`),
    });
    await pair.promote();
    await expect.poll(() => write(system, 'X1')).toEqual(['synced']);
    expect(await stored(system)).toEqual(['X1', ...numbers].toSorted());
    expect(lines.at(-1)).toMatch(
      `warn: connected to PostgreSQL at 127.0.0.1:${second.port} from now on, no longer at 127.0.0.1:${first.port}.`,
    );
    await second.kill();
    await expect
      .poll(() => write(system, 'X2'))
      .toMatchObject({
        reason: 'internal_system_unavailable',
        message: expect.stringMatching(`${second.port} is not answering.*${first.port} is not answering`),
      });
    await second.start();
    await expect.poll(() => write(system, 'X2')).toEqual(['synced']);
  }, 180_000);

  it('only one that can be written to fits, and another target_session_attrs is a mistake', async () => {
    for (const attributes of ['any', 'standby', 'prefer-standby', 'read-only']) {
      const url = `postgres://root:secret@a,b/test?target_session_attrs=${attributes}`;
      const attempt = createInternalSystem({ url, shop: 'demo', env: {} });
      await expect(attempt).rejects.toThrow(/target_session_attrs.*read-write or primary/);
      await expect(attempt).rejects.not.toThrow(/secret/);
    }
    const socket = `postgres://root@${encodeURIComponent(join('/nowhere', 'pg'))}/test?target_session_attrs=primary`;
    const system = await createInternalSystem({ url: socket, shop: 'demo', env: {} });
    await expect(system.open?.()).rejects.toThrow('PostgreSQL at /nowhere/pg is not answering');
    await system.close?.();
  });
});
