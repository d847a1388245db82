import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { MIGRATIONS } from '../helpers/earlier-tables.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

const run = promisify(execFile);
const STAND_IN = new URL('../helpers/daemon-stand-in.ts', import.meta.url).pathname;
const ORDERS = 40;
const VERSIONS = 6;

describeDatabases('several daemons at once', (workbench) => {
  /** Resolves when all of them have exited without an error. */
  async function startAll(shop: string, seeds: readonly number[], orders: number) {
    const argument = (seed: number) => [workbench.database.url, shop, orders, VERSIONS, seed].map(String);
    await Promise.all(seeds.map((seed) => run(process.execPath, [STAND_IN, ...argument(seed)])));
  }

  it('start on an empty database: one creates the tables, all find them', async () => {
    await startAll('starters', [1, 2, 3, 4], 0);
    const versions = await workbench.database.sql('SELECT version FROM order_sync_schema ORDER BY version');
    expect(versions).toEqual(MIGRATIONS[workbench.kind].map((_, index) => ({ version: index + 1 })));
  });

  it('write the same orders in different sequences: no error, each order once, at its newest version', async () => {
    const shop = uniqueName();
    await startAll(shop, [11, 97, 1234], ORDERS);
    const system = await workbench.open(shop);
    const records = await system.listOrders({ limit: 1000 });
    expect(records).toHaveLength(ORDERS);
    expect(new Set(records.map((record) => record.stored?.updatedAt))).toEqual(
      new Set([`2026-01-01T00:00:00.00${VERSIONS - 1}Z`]),
    );
    expect(new Set(records.map((record) => record.stored?.lines))).toEqual(new Set([2]));
  });
});
