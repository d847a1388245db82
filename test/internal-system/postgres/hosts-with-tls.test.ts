import { chownSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createInternalSystem } from '../../../src/internal-system/create-internal-system.ts';
import { makeCertificates } from '../../helpers/network/certificates.ts';
import { notInstalled } from '../../helpers/servers/installed.ts';
import { alterSystem, awaitAbsentStandby, query, startPostgres } from '../../helpers/servers/postgres.ts';
import { aCall } from '../../helpers/write-call.ts';
import { NOON, outcomesOf, versions } from '../helpers/writes.ts';

/** With TLS, and a certificate for `localhost` alone. */
async function aServer() {
  const server = await startPostgres();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const { caFile, good } = await makeCertificates(server.folder);
  const owner = statSync(join(server.folder, 'data'));
  for (const [name, content] of Object.entries({ cert: good.cert, key: good.key })) {
    const path = join(server.folder, `tls.${name}`);
    writeFileSync(path, content, { mode: 0o600 });
    chownSync(path, owner.uid, owner.gid);
    await query(server.port, `ALTER SYSTEM SET ssl_${name}_file = '${path}'`);
  }
  await alterSystem(server.port, 'SET ssl = on');
  return { server, caFile };
}

describe.skipIf(notInstalled('postgres'))('of several PostgreSQL hosts with verify-full', () => {
  it('each must show a certificate of its own name, and a commit is cancelled at the one that it waits on', async () => {
    const { server, caFile } = await aServer();
    const { port } = server;
    const lines: string[] = [];
    const system = await createInternalSystem({
      url: `postgres://root@127.0.0.1:${port},localhost:${port}/test?sslrootcert=${encodeURIComponent(caFile)}`,
      shop: 'demo',
      env: {},
      notify: (_, message) => void lines.push(message),
    });
    onTestFinished(() => system.close?.());
    await system.open();
    expect(lines.find((line) => line.startsWith('connected'))).toMatch(
      new RegExp(
        `at localhost:${port}\\. No connection to PostgreSQL at 127\\.0\\.0\\.1:${port}: its certificate is for another`,
      ),
    );
    await awaitAbsentStandby(port);
    const write = outcomesOf(system.writeOrders(versions(NOON, 'T1'), aCall()));
    const waiting = () => query(port, "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
    await expect.poll(waiting).toHaveLength(1);
    await system.close?.();
    await expect.poll(waiting).toEqual([]);
    expect(await write).toMatchObject({ reason: 'internal_system_unavailable' });
  }, 180_000);
});
