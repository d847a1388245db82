import { Transform } from 'node:stream';
import { expect, it } from 'vitest';
import { startTcpProxy } from '../../helpers/network/tcp-proxy.ts';
import { sqlSystem } from '../helpers/sql-system.ts';
import { describeDatabases, uniqueName, type Workbench } from '../helpers/test-databases.ts';
import { NOON, versions } from '../helpers/writes.ts';

const LIMITS = ['statement_timeout', 'lock_timeout', 'synchronous_commit', 'transaction_isolation', 'enable_seqscan'];

describeDatabases(
  'new orders in PostgreSQL',
  (workbench) => {
    it.each([
      { what: 'the server itself', isPooler: false, begins: 0 },
      { what: 'a pooler, which gives each transaction another session', isPooler: true, begins: 3 },
    ])('are written within the same limits over $what', async ({ isPooler, begins }) => {
      const { database } = workbench;
      await workbench.open();
      await seeSettings(workbench);
      await using front = await inFrontOf(database.url, isPooler);
      const system = await sqlSystem(front.url, uniqueName());
      try {
        await system.open();
        front.sent.length = 0;
        for (const number of ['A1', 'A2', 'A3']) {
          expect(await system.writeOrders(versions(NOON, number))).toMatchObject([{ outcome: 'synced' }]);
        }
        // What reads in between has a transaction of its own.
        const before = front.sent.join('').split('order-sync-').slice(0, -1).join('');
        expect(before.match(/BEGIN ISOLATION/g)?.length ?? 0).toBe(begins);
        expect(before.match(/SET default_transaction_isolation/g)?.length ?? 0).toBe(isPooler ? 0 : 1);
        expect(await database.sql('SELECT DISTINCT settings FROM seen')).toEqual([
          { settings: '10s 8s on read committed off' },
        ]);
        expect(await system.findOrders('A3')).toMatchObject([{ stored: { lines: 2 } }]);
        // Its plans are made anew, and may read a table from its beginning.
        await system.writeOrders(versions(NOON, 'A1', 'A4'));
        expect(await database.sql("SELECT settings FROM seen WHERE order_number = 'A4'")).toHaveLength(1);
      } finally {
        await system.close();
        await database.sql('DROP FUNCTION see CASCADE');
        await database.sql('DROP TABLE seen');
      }
    });

    it('whose write fails leave nothing behind, and the next one is written', async () => {
      const { database } = workbench;
      const system = await workbench.open(uniqueName());
      await system.writeOrders(versions(NOON, 'B1'));
      await database.sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.order_number = 'B2' THEN RAISE 'not this one'; END IF; RETURN NEW; END $$`);
      await database.sql('CREATE TRIGGER refuse BEFORE INSERT ON order_ledger FOR EACH ROW EXECUTE FUNCTION refuse()');
      try {
        await expect(system.writeOrders(versions(NOON, 'B2'))).rejects.toMatchObject({ reason: 'write_rejected' });
        expect(await system.findOrders('B2')).toEqual([]);
        expect(await database.sql("SELECT 1 FROM orders WHERE order_number = 'B2'")).toEqual([]);
        expect(await system.writeOrders(versions(NOON, 'B3'))).toMatchObject([{ outcome: 'synced' }]);
      } finally {
        await database.sql('DROP FUNCTION refuse CASCADE');
      }
    });
  },
  ['PostgreSQL'],
);

/** Notes with which settings each order is inserted. */
async function seeSettings({ database: { sql } }: Workbench): Promise<void> {
  await sql('CREATE TABLE seen (order_number text, settings text)');
  const settings = LIMITS.map((name) => `current_setting('${name}')`).join(', ');
  await sql(`CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO seen VALUES (NEW.order_number, concat_ws(' ', ${settings})); RETURN NEW; END $$`);
  await sql('CREATE TRIGGER see AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION see()');
}

/** Passes everything on and keeps what was sent. As a pooler, it tells the client of a server process of its own. */
async function inFrontOf(databaseUrl: string, isPooler: boolean) {
  const url = new URL(databaseUrl);
  const sent: string[] = [];
  const proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port || 5432) }, (direction) =>
    direction === 'to-server' ? heard(sent) : isPooler ? withOtherKey() : undefined,
  );
  url.host = `127.0.0.1:${proxy.port}`;
  return { url: url.href, sent, [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose]() };
}

function heard(sent: string[]): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent.push(chunk.toString('latin1'));
      done(null, chunk);
    },
  });
}

/** BackendKeyData: its type, its length, the server's process, a secret. */
const KEY = Buffer.from([0x4b, 0, 0, 0, 12]);

function withOtherKey(): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const place = chunk.indexOf(KEY);
      if (place !== -1) chunk.writeInt32BE(chunk.readInt32BE(place + KEY.length) + 1, place + KEY.length);
      done(null, chunk);
    },
  });
}
