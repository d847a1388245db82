import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { notInstalled } from './installed.ts';
import { query } from './postgres.ts';
import { type PostgresPair, startPostgresPair } from './postgres-pair.ts';

describe.skipIf(notInstalled('postgres'))('a private PostgreSQL with a standby', () => {
  let pair: PostgresPair;
  beforeAll(async () => {
    pair = await startPostgresPair();
    await query(pair.primary.port, 'CREATE TABLE kept (number text)');
  });
  afterAll(() => pair?.[Symbol.asyncDispose]());

  const add = (number: string) => query(pair.primary.port, `INSERT INTO kept VALUES ('${number}')`);
  const kept = async (port: number) =>
    (await query(port, 'SELECT number FROM kept ORDER BY 1')).map((row) => row['number']);

  test('shows on the standby what the primary has, and takes no writes there', async () => {
    await add('1');
    await pair.caughtUp();
    expect(await kept(pair.standby.port)).toEqual(['1']);
    await expect(query(pair.standby.port, "INSERT INTO kept VALUES ('x')")).rejects.toThrow('read-only');
  });

  test('lags while the link is held, and catches up', async () => {
    pair.holdReplication();
    await add('2');
    expect(await kept(pair.standby.port)).toEqual(['1']);
    pair.releaseReplication();
    await pair.caughtUp();
    expect(await kept(pair.standby.port)).toEqual(['1', '2']);
  });

  test('lets commits wait for the standby', async () => {
    await pair.setSynchronous(true);
    pair.holdReplication();
    const waiting = add('3');
    await expect
      .poll(() => query(pair.primary.port, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'"))
      .toHaveLength(1);
    pair.releaseReplication();
    await waiting;
    await pair.setSynchronous(false);
  });

  test('loses what the standby had not received when it is promoted; the old primary comes back as its standby', async () => {
    await pair.caughtUp();
    pair.holdReplication();
    await add('4');
    const { primary: old } = pair;
    await old.kill();
    await pair.promote();
    expect(pair.standby).toBe(old);
    await add('5');
    expect(await kept(pair.primary.port)).toEqual(['1', '2', '3', '5']);

    await pair.mend();
    await pair.caughtUp();
    expect(await kept(old.port)).toEqual(['1', '2', '3', '5']);
    await expect(query(old.port, "INSERT INTO kept VALUES ('x')")).rejects.toThrow('read-only');
  });

  test('changes places without a loss when the primary stops first', async () => {
    const { primary: old } = pair;
    await add('6');
    await old.stop();
    await pair.promote();
    await pair.mend();
    await pair.caughtUp();
    expect(await kept(old.port)).toEqual(['1', '2', '3', '5', '6']);
  });
});
