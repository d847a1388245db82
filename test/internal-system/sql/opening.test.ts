import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { aSnapshot } from '../../helpers/order-builder.ts';
import { sqlSystem, tryToOpen } from '../helpers/sql-system.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

describeDatabases('the tables', (workbench) => {
  it('stay as they are when a daemon restarts', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await system.writeOrders([aSnapshot()]);
    const versions = () => workbench.database.sql('SELECT version FROM order_sync_schema ORDER BY version');
    const before = await versions();
    const again = await workbench.open(shop);
    expect(await again.writeOrders([aSnapshot()])).toEqual([{ outcome: 'unchanged', conflict: false }]);
    expect(await versions()).toEqual(before);
  });

  it('can be opened again by the same system', async () => {
    const system = await workbench.open();
    await system.open();
    await expect(system.check()).resolves.toBeUndefined();
  });

  it('of a newer program are left alone, and the older one says what to install', async () => {
    const system = await workbench.open();
    await workbench.database.sql('INSERT INTO order_sync_schema (version) VALUES (99)');
    const refusal = await tryToOpen(workbench.database.url);
    await expect(system.check()).rejects.toThrow(ConfigError);
    await workbench.database.sql('DELETE FROM order_sync_schema WHERE version = 99');
    expect(refusal).toBeInstanceOf(ConfigError);
    expect(refusal).toMatchObject({
      message: expect.stringMatching(/version 99.*knows up to \d+\..*Install the newer/),
    });
    await expect(system.check()).resolves.toBeUndefined();
  });

  it('that lost a column fail check, which writes nothing', async () => {
    const shop = uniqueName();
    const system = await workbench.open(shop);
    await system.check();
    expect(await workbench.database.sql(`SELECT * FROM order_ledger WHERE shop = '${shop}'`)).toEqual([]);
    await workbench.database.sql('ALTER TABLE order_lines RENAME COLUMN tax TO taxes');
    const failure = await system.check().catch((error: unknown) => error);
    await workbench.database.sql('ALTER TABLE order_lines RENAME COLUMN taxes TO tax');
    expect(failure).toBeInstanceOf(ConfigError);
    await expect(system.check()).resolves.toBeUndefined();
  });
});

describeDatabases('a database that already has an orders table', (workbench) => {
  it('is refused, and its table stays as it is', async () => {
    await workbench.database.sql('CREATE TABLE orders (id INTEGER)');
    await workbench.database.sql('INSERT INTO orders VALUES (1)');
    const refusal = await tryToOpen(workbench.database.url);
    expect(refusal).toBeInstanceOf(ConfigError);
    expect(refusal).toMatchObject({ message: expect.stringMatching(/of its own/) });
    expect(await workbench.database.sql('SELECT * FROM orders')).toEqual([{ id: 1 }]);
    await expect(workbench.database.sql('SELECT * FROM order_ledger')).rejects.toThrow();
    await workbench.database.sql('DROP TABLE orders');
    expect(await tryToOpen(workbench.database.url)).toBeUndefined();
  });
});

describeDatabases(
  'a start',
  (workbench) => {
    it('waits while another daemon creates the tables', async () => {
      const lock = "concat('order-sync.', sha1(database()))";
      await workbench.database.sql(`SELECT GET_LOCK(${lock}, 0)`);
      const opened = tryToOpen(workbench.database.url);
      const waiting = `SELECT id FROM information_schema.processlist WHERE db = database() AND state = 'User lock'`;
      await expect.poll(() => workbench.database.sql(waiting)).toHaveLength(1);
      expect(await workbench.database.sql('SHOW TABLES')).toEqual([]);
      await workbench.database.sql(`SELECT RELEASE_LOCK(${lock})`);
      expect(await opened).toBeUndefined();
    });

    it('that was interrupted between two tables is completed by the next one', async () => {
      const system = await workbench.open();
      await workbench.database.sql('DROP TABLE order_sync_schema');
      await workbench.database.sql('DROP TABLE order_ledger');
      await system.open();
      await expect(system.check()).resolves.toBeUndefined();
    });
  },
  ['MySQL'],
);

describe('an SQLite file', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'order-sync-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('is created along with its directories', async () => {
    expect(await tryToOpen(`sqlite:${directory}/a/b/internal.db`)).toBeUndefined();
    expect(await tryToOpen(`sqlite://${directory}/a/b/internal.db`)).toBeUndefined();
  });

  it.each([
    ['is a directory', 'taken', () => mkdir(join(directory, 'taken'))],
    ['is not a database', 'text.db', () => writeFile(join(directory, 'text.db'), 'no database'.repeat(500))],
    ['is below a file', 'text.db/internal.db', async () => undefined],
  ])('that %s is a configuration error', async (_, path, prepare) => {
    await prepare();
    const refusal = await tryToOpen(`sqlite:${join(directory, path)}`);
    expect(refusal).toBeInstanceOf(ConfigError);
    expect(refusal).toMatchObject({ message: expect.stringContaining('INTERNAL_SYSTEM_URL') });
  });
});

describe('a server that does not answer', () => {
  // Nothing listens on port 1.
  it.each(['postgres://root@127.0.0.1:1/test', 'mysql://root@127.0.0.1:1/test', 'postgres://root@localhost:1/test'])(
    'is an outage, not a configuration error: %s',
    async (url) => {
      const refusal = await tryToOpen(url);
      expect(refusal).toMatchObject({
        reason: 'internal_system_unavailable',
        message: expect.stringContaining('ECONNREFUSED'),
      });
    },
  );

  it('leaves no damage: more attempts than the pool has connections, then a clean close', async () => {
    for (const url of ['postgres://root@127.0.0.1:1/test', 'mysql://root@127.0.0.1:1/test']) {
      const system = await sqlSystem(url);
      for (let attempt = 1; attempt <= 6; attempt += 1) {
        await expect(system.open()).rejects.toMatchObject({ reason: 'internal_system_unavailable' });
      }
      await system.close();
    }
  });
});
