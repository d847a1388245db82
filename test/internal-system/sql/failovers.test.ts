import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createInternalSystem } from '../../../src/internal-system/create-internal-system.ts';
import type { InternalSystem, Notify } from '../../../src/internal-system/internal-system.ts';
import { startTcpProxy } from '../../helpers/network/tcp-proxy.ts';
import { startMariadb } from '../../helpers/servers/mariadb.ts';
import { alterSystem, awaitAbsentStandby, query, reloadConfig, startPostgres } from '../../helpers/servers/postgres.ts';
import type { PrivateServer } from '../../helpers/servers/private-server.ts';
import { aCall } from '../../helpers/write-call.ts';
import { NOON, outcomesOf, versions } from '../helpers/writes.ts';

const UNAVAILABLE = { reason: 'internal_system_unavailable' };

type Settings = Readonly<Record<string, string>>;

interface Kind {
  readonly name: string;
  start(settings?: Settings): Promise<PrivateServer>;
  /** Runs statements as an administrator. @returns the last one's rows */
  sql(server: PrivateServer, ...statements: string[]): Promise<Record<string, unknown>[]>;
  /** Creates the daemon's user with this password, or changes the password. */
  setPassword(server: PrivateServer, password: string): Promise<void>;
  /** Makes every session read-only, those that exist too. */
  becomeReadOnly(server: PrivateServer): Promise<unknown>;
  /** Makes every COMMIT wait for a replica that is away. */
  awaitReplica(server: PrivateServer): Promise<unknown>;
  /** Processes of the server that wait for it. */
  readonly waitingForReplica: string;
  readonly replicaSettings: Settings;
}

const POSTGRES: Kind = {
  name: 'PostgreSQL',
  start: (settings) => startPostgres(settings),
  async sql(server, ...statements) {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = [...(await query(server.port, statement))];
    return rows;
  },
  async setPassword(server, password) {
    const rules = join(server.folder, 'data', 'pg_hba.conf');
    writeFileSync(rules, 'host all daemon all scram-sha-256\nhost all all all trust\n');
    await POSTGRES.sql(
      server,
      `DO $$ BEGIN CREATE ROLE daemon LOGIN SUPERUSER; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
      `ALTER ROLE daemon PASSWORD '${password}'`,
    );
    await reloadConfig(server.port);
  },
  becomeReadOnly: ({ port }) => alterSystem(port, 'SET default_transaction_read_only = on'),
  awaitReplica: ({ port }) => awaitAbsentStandby(port),
  waitingForReplica: "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
  replicaSettings: {},
};

const MARIADB: Kind = {
  name: 'MySQL',
  start: (settings) => startMariadb(settings),
  async sql(server, ...statements) {
    const connection = await mysql.createConnection(server.url);
    try {
      let rows: Record<string, unknown>[] = [];
      for (const statement of statements) rows = (await connection.query(statement))[0] as typeof rows;
      return rows;
    } finally {
      await connection.end();
    }
  },
  async setPassword(server, password) {
    await MARIADB.sql(
      server,
      `CREATE OR REPLACE USER daemon@'%' IDENTIFIED BY '${password}'`,
      `CREATE OR REPLACE USER daemon@localhost IDENTIFIED BY '${password}'`,
      "GRANT ALL ON test.* TO daemon@'%'",
      'GRANT ALL ON test.* TO daemon@localhost',
    );
  },
  becomeReadOnly: (server) => MARIADB.sql(server, 'SET GLOBAL read_only = ON'),
  awaitReplica: (server) => MARIADB.sql(server, 'SET GLOBAL rpl_semi_sync_master_enabled = ON'),
  waitingForReplica: "SELECT id FROM information_schema.processlist WHERE user = 'daemon' AND state LIKE '%semi-sync%'",
  replicaSettings: { 'log-bin': 'binlog', 'rpl-semi-sync-master-timeout': '600000', 'sync-binlog': '1' },
};

async function aServer(kind: Kind, settings: Settings = {}): Promise<PrivateServer> {
  const server = await kind.start(settings);
  onTestFinished(() => server[Symbol.asyncDispose]());
  await kind.setPassword(server, 'first');
  return server;
}

function urlOf({ url }: PrivateServer, changes: { port?: number; password?: string } = {}): string {
  const parsed = new URL(url);
  parsed.username = 'daemon';
  parsed.password = changes.password ?? 'first';
  if (changes.port !== undefined) parsed.port = String(changes.port);
  return parsed.href;
}

async function aDaemon(url: string, options: { currentUrl?: () => string; notify?: Notify } = {}) {
  const system = await createInternalSystem({ url, shop: 'demo', env: {}, ...options });
  onTestFinished(() => system.close?.());
  await system.open();
  return system;
}

const write = (system: InternalSystem, ...numbers: string[]) =>
  outcomesOf(system.writeOrders(versions(NOON, ...numbers), aCall()));

describe.each([POSTGRES, MARIADB])('$name', (kind) => {
  it('whose address leads to another server since the old one became read-only is written to again', async () => {
    const [old, promoted] = await Promise.all([aServer(kind), aServer(kind)]);
    const target = { port: old.port };
    const proxy = await startTcpProxy(target);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    await aDaemon(urlOf(promoted));
    const daemon = await aDaemon(urlOf(old, { port: proxy.port }));
    // Several connections, all of which stay with the old server.
    await Promise.all([1, 2, 3].map(() => daemon.listOrders?.({ limit: 1 })));
    await kind.becomeReadOnly(old);
    target.port = promoted.port;
    expect(await write(daemon, 'F1')).toMatchObject(UNAVAILABLE);
    expect(await write(daemon, 'F1')).toEqual(['synced']);
    expect(await daemon.listOrders?.({ limit: 10 })).toHaveLength(1);
  });

  it('that refuses the password because it was rotated is asked again with the new one', async () => {
    const server = await aServer(kind);
    let current = urlOf(server);
    const daemon = await aDaemon(current, { currentUrl: () => current });
    await kind.setPassword(server, 'second');
    await restart(server);
    expect(await write(daemon, 'P1')).toMatchObject({ reason: 'internal_system_refused_credentials' });
    current = urlOf(server, { password: 'second' });
    expect(await Promise.all([write(daemon, 'P1'), write(daemon, 'P2')])).toEqual([['synced'], ['synced']]);
  });

  it('that waits for a replica which is away is left with nothing to wait for', async () => {
    const server = await aServer(kind, kind.replicaSettings);
    const daemon = await aDaemon(urlOf(server));
    await kind.awaitReplica(server);
    const waiting = () => kind.sql(server, kind.waitingForReplica);
    const attempts = Promise.all([write(daemon, 'R1'), write(daemon, 'R2')]);
    await expect.poll(waiting).toHaveLength(2);
    expect(await attempts).toMatchObject([UNAVAILABLE, UNAVAILABLE]);
    await expect.poll(waiting).toEqual([]);
    const again = write(daemon, 'R1');
    await expect.poll(waiting).toHaveLength(1);
    await daemon.close?.();
    await expect.poll(waiting).toEqual([]);
    expect(await again).toMatchObject(UNAVAILABLE);
  }, 60_000);
});

it('PostgreSQL that gives up on its standby has not written: the commit may be on that server alone', async () => {
  const server = await aServer(POSTGRES);
  const daemon = await aDaemon(urlOf(server));
  await POSTGRES.awaitReplica(server);
  const attempt = write(daemon, 'C1');
  await expect.poll(() => POSTGRES.sql(server, POSTGRES.waitingForReplica)).toHaveLength(1);
  await POSTGRES.sql(server, "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  expect(await attempt).toMatchObject({ ...UNAVAILABLE, message: expect.stringContaining('synchronous standby') });
  await alterSystem(server.port, 'RESET synchronous_standby_names');
  expect(await write(daemon, 'C1')).toEqual(['unchanged']);
});

describe('a commit that is less than durable, and that we cannot change, is warned of:', () => {
  it.each([
    { kind: POSTGRES, settings: { fsync: 'off' }, expected: ['fsync=off'] },
    { kind: POSTGRES, settings: { fsync: 'on', synchronous_commit: 'off' }, expected: [] },
    {
      kind: POSTGRES,
      settings: { fsync: 'on', synchronous_commit: 'local', synchronous_standby_names: 'away' },
      expected: ['synchronous_commit=local'],
    },
    { kind: MARIADB, settings: {}, expected: [] },
    {
      kind: MARIADB,
      settings: { 'innodb-flush-log-at-trx-commit': '2' },
      expected: ['innodb_flush_log_at_trx_commit=2'],
    },
    { kind: MARIADB, settings: { 'log-bin': 'binlog', 'sync-binlog': '0' }, expected: ['sync_binlog=0'] },
  ])('$kind.name with $settings', async ({ kind, settings, expected }) => {
    const warnings: string[] = [];
    const server = await aServer(kind, settings);
    await aDaemon(urlOf(server), {
      notify: (level, message) => {
        if (level !== 'info') warnings.push(`${level}: ${message}`);
      },
    });
    expect(warnings).toEqual(expected.map((setting) => expect.stringMatching(`^warn: .*${setting}`)));
  });
});

async function restart(server: PrivateServer): Promise<void> {
  await server.stop();
  await server.start();
}
