import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInternalSystem } from '../../../src/internal-system/create-internal-system.ts';
import type { InternalSystem } from '../../../src/internal-system/internal-system.ts';
import { Sqlite } from '../../../src/internal-system/sqlite/sqlite.ts';
import { aCall } from '../../helpers/write-call.ts';
import { NOON, outcomesOf, versions } from '../helpers/writes.ts';

const UNAVAILABLE = { reason: 'internal_system_unavailable' };

let folder = '';
let path = '';
let daemon: InternalSystem;
const notices: string[] = [];
const notify = (level: string, message: string) => void notices.push(`${level}: ${message}`);

async function aSystem(file: string): Promise<InternalSystem> {
  const system = await createInternalSystem({ url: `sqlite:${file}`, shop: 'demo', env: {}, notify });
  await system.open();
  return system;
}

const write = (...numbers: string[]) => outcomesOf(daemon.writeOrders(versions(NOON, ...numbers), aCall()));

/** What a new connection finds at a path. */
function storedAt(file: string): unknown[] {
  using database = new DatabaseSync(file);
  expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  const rows = database.prepare('SELECT order_number FROM orders ORDER BY order_number').all();
  return rows.map((row) => row['order_number']);
}

function backUp(from: string, to: string): void {
  using database = new DatabaseSync(from);
  database.exec(`VACUUM INTO '${to}'`);
}

beforeEach(async () => {
  notices.length = 0;
  folder = await mkdtemp(join(tmpdir(), 'order-sync-'));
  path = join(folder, 'internal.db');
  daemon = await aSystem(path);
  await write('N1');
});

afterEach(async () => {
  await daemon.close?.();
  await rm(folder, { recursive: true });
});

describe('an SQLite file in use', () => {
  it.each([
    ['with its log left behind', []],
    ['with its log removed', ['-wal', '-shm']],
  ])('that a restored backup is moved over, %s: writes go there, and what is missing is said', async (_, removed) => {
    backUp(path, join(folder, 'backup'));
    await write('N2');
    renameSync(path, join(folder, 'before'));
    for (const suffix of removed) rmSync(path + suffix);
    renameSync(join(folder, 'backup'), path);
    expect(await write('N3')).toEqual(['synced']);
    expect(storedAt(path)).toEqual(['N1', 'N3']);
    expect(storedAt(join(folder, 'before'))).toEqual(['N1', 'N2']);
    expect(notices).toEqual([expect.stringMatching(/^error: .*was replaced.*order-sync reconcile --since 20\d\d-/)]);
    expect(await daemon.findOrders?.('N2')).toEqual([]);
    expect(await write('N2')).toEqual(['synced']);
    expect(notices).toHaveLength(1);
  });

  it('that is replaced while there is nothing to write is noticed all the same', async () => {
    backUp(path, join(folder, 'backup'));
    await write('N2');
    renameSync(join(folder, 'backup'), path);
    await expect.poll(() => notices.length, { timeout: 5_000 }).toBe(1);
    expect(storedAt(path)).toEqual(['N1']);
  });

  it('that is deleted is an outage, and no empty one takes its place', async () => {
    for (const suffix of ['', '-wal', '-shm']) renameSync(path + suffix, `${path}${suffix}.away`);
    expect(await write('N2')).toMatchObject({ ...UNAVAILABLE, message: expect.stringMatching(/is gone.*put it back/) });
    await expect(daemon.findOrders?.('N1')).rejects.toMatchObject(UNAVAILABLE);
    await expect(daemon.check?.()).rejects.toMatchObject(UNAVAILABLE);
    expect(existsSync(path)).toBe(false);
    for (const suffix of ['', '-wal', '-shm']) renameSync(`${path}${suffix}.away`, path + suffix);
    expect(await write('N2')).toEqual(['synced']);
    expect(storedAt(path)).toEqual(['N1', 'N2']);
    expect(notices).toEqual([]);
  });

  it('that is deleted and created again by another daemon is the one that is written to', async () => {
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix);
    const another = await aSystem(path);
    expect(await write('N2')).toEqual(['synced']);
    await another.close?.();
    expect(storedAt(path)).toEqual(['N2']);
    expect(notices).toEqual([expect.stringMatching(/^error: .*all orders are missing/)]);
  });

  it.each([
    ['an empty file', (file: string) => writeFileSync(file, '')],
    ['no database', (file: string) => writeFileSync(file, 'no database'.repeat(500))],
    ["somebody else's database", (file: string) => new DatabaseSync(file).exec('CREATE TABLE orders (id INTEGER)')],
  ])('that %s takes the place of is an outage, and that stays as it is', async (_, create) => {
    rmSync(path);
    create(path);
    const before = readFileSync(path);
    expect(await write('N2')).toMatchObject(UNAVAILABLE);
    expect(await write('N2')).toMatchObject(UNAVAILABLE);
    expect(readFileSync(path)).toEqual(before);
  });

  it('that a newer program has taken over is an outage', async () => {
    backUp(path, join(folder, 'newer'));
    new DatabaseSync(join(folder, 'newer')).exec('INSERT INTO order_sync_schema (version) VALUES (99)');
    renameSync(join(folder, 'newer'), path);
    expect(await write('N2')).toMatchObject({ ...UNAVAILABLE, message: expect.stringContaining('version 99') });
  });

  it('whose symbolic link is pointed elsewhere is followed', async () => {
    const link = join(folder, 'link.db');
    symlinkSync(path, link);
    const linked = await aSystem(link);
    mkdirSync(join(folder, 'volume'));
    backUp(path, join(folder, 'volume', 'internal.db'));
    rmSync(link);
    symlinkSync(join(folder, 'volume', 'internal.db'), link);
    expect(await outcomesOf(linked.writeOrders(versions(NOON, 'N2'), aCall()))).toEqual(['synced']);
    await linked.close?.();
    expect(storedAt(join(folder, 'volume', 'internal.db'))).toEqual(['N1', 'N2']);
    expect(await write('N3')).toEqual(['synced']);
    expect(storedAt(path)).toEqual(['N1', 'N3']);
  });

  it.each([[['-wal']], [['-shm']], [['-wal', '-shm']]])('whose %s is removed loses nothing', async (removed) => {
    for (const suffix of removed) rmSync(path + suffix);
    const isOutage = removed[0] === '-wal';
    expect(await write('N2')).toMatchObject(isOutage ? UNAVAILABLE : ['synced']);
    await expect.poll(() => notices.length, { timeout: 5_000 }).toBe(1);
    expect(await write('N2')).toEqual(['unchanged']);
    expect(storedAt(path)).toEqual(['N1', 'N2']);
    expect(notices).toEqual([expect.stringMatching(/^warn: .*removed in use/)]);
  });

  it('that is replaced in the middle of a commit has not committed', async () => {
    const database = new Sqlite(path, { tablePrefix: '', notify: () => undefined, connected: () => undefined });
    await database.open();
    const backup = join(folder, 'backup');
    backUp(path, backup);
    const commit = database.transaction(async (transaction) => {
      await transaction.deleteLines('demo', ['N1']);
      renameSync(backup, path);
    });
    await expect(commit).rejects.toMatchObject(UNAVAILABLE);
    await database.close();
  });
});
