import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OrderSinkFactory, SyncError } from '../../src/index.ts';

/**
 * An ERP without a unique key and without compare-and-set, in the file `erp.db`. It looks for an order only when it is told to, so
 * that whatever the ledger forgets or delivers twice at a time shows. At the point CHAOS_ERP_POINT of the upsert number
 * CHAOS_ERP_AT it says so and stands still, until it is killed.
 */
const createChaosErp: OrderSinkFactory = ({ env }) => {
  const erp = new DatabaseSync('erp.db', { timeout: 5_000 });
  erp.exec(ERP_TABLES);
  const find = erp.prepare('SELECT id FROM records WHERE reference = ? ORDER BY id');
  const create = erp.prepare('INSERT INTO records (reference) VALUES (?)');
  const update = erp.prepare('UPDATE records SET order_number = ?, revision = ?, status = ? WHERE id = ?');
  const note = erp.prepare('INSERT INTO history (reference, revision) VALUES (?, ?)');
  const reach = erp.prepare('INSERT INTO points (name) VALUES (?)');
  let upserts = 0;

  const standAt = async (point: string, signal: AbortSignal) => {
    if (env['CHAOS_ERP_POINT'] !== point || upserts !== Number(env['CHAOS_ERP_AT'])) return;
    reach.run(point);
    // With "late", it ends by its time limit, and takes effect afterwards.
    await sleep(point === 'late' ? LATE_MS : 60_000);
    if (point !== 'late') signal.throwIfAborted();
  };

  return {
    maxUpserts: 4,
    timeoutMs: TIMEOUT_MS,
    settleMs: SETTLE_MS,
    upsert: async ({ key, order, revision, previous, uncertain }, signal) => {
      upserts += 1;
      await standAt('asked', signal);
      await standAt('late', signal);
      await sleep(5);
      const known = previous !== undefined || uncertain ? find.get(key)?.['id'] : undefined;
      const id = known ?? create.run(key).lastInsertRowid;
      update.run(order.orderNumber, revision, order.status, Number(id));
      note.run(key, revision);
      await standAt('written', signal);
      if (signal.aborted) throw new SyncError('write_failed', 'The ERP was too slow.');
      return { erpId: String(id) };
    },
  };
};
export default createChaosErp;

const TIMEOUT_MS = 1_000;
const SETTLE_MS = 1_000;
const LATE_MS = TIMEOUT_MS + SETTLE_MS / 2;

export const ERP_TABLES = `
  CREATE TABLE IF NOT EXISTS records (id INTEGER PRIMARY KEY, reference TEXT, order_number TEXT, revision INTEGER, status TEXT);
  CREATE TABLE IF NOT EXISTS history (id INTEGER PRIMARY KEY, reference TEXT, revision INTEGER);
  CREATE TABLE IF NOT EXISTS points (id INTEGER PRIMARY KEY, name TEXT)`;
