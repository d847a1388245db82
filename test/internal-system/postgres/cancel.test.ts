import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { cancelOnServer } from '../../../src/internal-system/postgres/cancel.ts';
import { makeCertificates } from '../../helpers/network/certificates.ts';
import { alterSystem, startPostgres } from '../../helpers/servers/postgres.ts';

it('the server gives up what a connection waits for, with and without TLS', async () => {
  const server = await startPostgres();
  onTestFinished(() => server[Symbol.asyncDispose]());
  const { caFile, good } = await makeCertificates(server.folder);
  const owner = statSync(join(server.folder, 'data'));
  for (const [name, content] of Object.entries({ cert: good.cert, key: good.key })) {
    const path = join(server.folder, `tls.${name}`);
    writeFileSync(path, content, { mode: 0o600 });
    chownSync(path, owner.uid, owner.gid);
    await alterSystem(server.port, `SET ssl_${name}_file = '${path}'`);
  }
  await alterSystem(server.port, 'SET ssl = on');
  for (const ssl of [false, { ca: readFileSync(caFile, 'utf8') }]) {
    const pool = new pg.Pool({ host: 'localhost', port: server.port, user: 'root', database: 'test', ssl });
    const client = await pool.connect();
    await pool.query('SELECT pg_advisory_lock(1)');
    const waiting = client.query('SELECT pg_advisory_lock(1)').catch((error: unknown) => error);
    await expect.poll(() => waitsForLock(pool)).toBe(true);
    await cancelOnServer(client, { host: 'localhost', port: server.port, ssl });
    expect(await waiting).toMatchObject({ code: '57014' });
    client.release();
    await pool.end();
  }
});

async function waitsForLock(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
  return rows.length > 0;
}

it('asking a server that is away does no harm', async () => {
  const server = await startPostgres();
  const pool = new pg.Pool({ connectionString: server.url });
  pool.on('error', () => undefined);
  const client = await pool.connect();
  client.on('error', () => undefined);
  await server[Symbol.asyncDispose]();
  await expect(cancelOnServer(client, { host: '127.0.0.1', port: server.port, ssl: false })).resolves.toBeUndefined();
});
