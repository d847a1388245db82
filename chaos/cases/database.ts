import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import pg from 'pg';
import type { Scene } from '../scene/scene.ts';
import type { InternalDatabase } from '../servers/internal-database.ts';
import type { ChaosCase } from './case.ts';

const SERVERS = ['postgres', 'mariadb'] as const;

/** Faults of the internal system and of the connection to it. */
export const databaseCases: readonly ChaosCase[] = [
  {
    id: 'D1',
    fault: 'database connections killed 20 times; then the database stopped for a while, then killed',
    databases: SERVERS,
    play: async (scene) => {
      await scene.progress(0.1);
      for (let times = 0; times < 20; times += 1) {
        await killConnections(scene.database);
        await sleep(scene.random.between(20, 200));
      }
      await scene.database.server?.stop();
      await sleep(10_000);
      await scene.database.server?.start();
      await scene.progress(0.8);
      await scene.database.server?.kill();
      await sleep(2_000);
      await scene.database.server?.start();
      scene.healed();
    },
  },
  {
    id: 'D2',
    fault: 'tables locked for 30 s',
    databases: SERVERS,
    // A write gives up waiting after 8 s: the attempts in flight count, and from then on it is an outage.
    limits: { countsAttempts: true },
    play: async (scene) => {
      await scene.progress(0.3);
      await locked(scene.database, 30_000);
      scene.healed();
    },
  },
  {
    id: 'D3',
    fault: 'deadlocks, serialization failures and lock waits: staff lock the same orders in the opposite order',
    databases: SERVERS,
    limits: { countsAttempts: true },
    scene: { perSecond: 40 },
    play: async (scene) => {
      let isOver = false;
      const staff = Promise.all([crossing(scene, () => isOver), crossing(scene, () => isOver)]);
      await scene.progress(1);
      isOver = true;
      await staff;
      scene.healed();
    },
  },
  {
    id: 'D4',
    fault: 'connection lost at COMMIT, 15 times, before or after it takes effect',
    databases: SERVERS,
    play: async (scene) => {
      await scene.progress(0.1);
      let cuts = 0;
      let moments = 0;
      const { random } = scene;
      scene.databaseProxy?.onCommit((moment) => {
        moments += 1;
        const isUnlucky = moments % 4 === 0 || (random.chance(0.3) && moment === 'done');
        if (cuts >= 15 || !isUnlucky) return 'pass';
        cuts += 1;
        return 'cut';
      });
      await scene.until('the connection was cut 15 times', () => cuts >= 15, 90_000);
      scene.databaseProxy?.onCommit(undefined);
      scene.healed();
    },
  },
  {
    id: 'D5',
    fault: 'database unreachable (black hole) in mid-query for 20 s',
    databases: SERVERS,
    play: async (scene) => {
      await scene.progress(0.3);
      scene.databaseProxy?.freeze();
      await sleep(20_000);
      scene.databaseProxy?.thaw();
      scene.healed();
    },
    // A query that began before the heal may first reach its limit of 12 s; the probe follows.
    limits: { recoveryMs: 25_000 },
  },
  {
    id: 'D7',
    fault: 'database file locked by another program for 30 s',
    play: async (scene) => {
      await scene.progress(0.3);
      {
        using _lock = lockedFile(scene.database);
        await sleep(30_000);
      }
      scene.healed();
    },
  },
];

async function killConnections({ kind, run }: InternalDatabase): Promise<void> {
  if (kind === 'postgres') {
    await run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'order-sync'");
    return;
  }
  const rows = await run("SELECT id FROM information_schema.processlist WHERE user = 'chaos'");
  for (const { id } of rows) await run(`KILL CONNECTION ${String(id)}`).catch(() => undefined);
}

/** A session that locks a few of the latest orders in reverse order. It may lose a deadlock. */
async function crossing({ database, random }: Scene, isOver: () => boolean): Promise<void> {
  const session = await openSession(database);
  const latest = 'SELECT order_number FROM orders ORDER BY synced_at DESC LIMIT 12';
  while (!isOver()) {
    try {
      const numbers = (await session.run(latest)).map((row) => String(row['order_number'])).sort();
      await session.run('BEGIN');
      for (const number of numbers.toReversed()) {
        await session.run(`SELECT 1 FROM orders WHERE order_number = '${number}' FOR UPDATE`);
        await sleep(random.between(0, 20));
      }
      await session.run('COMMIT');
    } catch {
      await session.run('ROLLBACK');
    }
    await sleep(random.between(0, 50));
  }
  await session.end();
}

interface Session {
  run(sql: string): Promise<Record<string, unknown>[]>;
  end(): Promise<void>;
}

/** One connection, for transactions and locks. */
async function openSession({ kind, url }: InternalDatabase): Promise<Session> {
  if (kind === 'postgres') {
    const client = new pg.Client({ connectionString: url() });
    await client.connect();
    return { run: async (sql) => (await client.query<Record<string, unknown>>(sql)).rows, end: () => client.end() };
  }
  const connection = await mysql.createConnection(url());
  const run = async (sql: string) => {
    const [rows] = await connection.query(sql);
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
  };
  return { run, end: () => connection.end() };
}

/** Blocks every other write, but no read. */
async function locked(database: InternalDatabase, forMs: number): Promise<void> {
  const session = await openSession(database);
  const isPostgres = database.kind === 'postgres';
  await session.run(isPostgres ? 'BEGIN; LOCK TABLE orders IN EXCLUSIVE MODE' : 'LOCK TABLES orders READ');
  await sleep(forMs);
  await session.run(isPostgres ? 'COMMIT' : 'UNLOCK TABLES');
  await session.end();
}

function lockedFile({ file }: InternalDatabase): Disposable {
  const other = new DatabaseSync(file, { timeout: 5_000 });
  other.exec('BEGIN EXCLUSIVE');
  return {
    [Symbol.dispose]: () => {
      other.exec('COMMIT');
      other.close();
    },
  };
}
