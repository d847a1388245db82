import { expect, it } from 'vitest';
import type { DaemonReport } from '../../../src/internal-system/daemon-store.ts';
import { listDaemons } from '../../../src/internal-system/listed-daemons.ts';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

const REPORT: DaemonReport = {
  host: 'erp-1',
  pid: 4711,
  version: '1.4.0',
  startedAt: '2026-11-29T08:00:00.000Z',
  queue: 'orders',
  prefetch: 200,
  inFlight: 3,
  waiting: null,
  lastOrderAt: null,
  lagMs: 12,
  consumption: { state: 'running', since: '2026-11-29T08:00:01.000Z' },
};

describeDatabases('daemons', (workbench) => {
  /** The tests share the tables, and so do the shops in them. */
  const fresh = async () => {
    const { daemons } = await workbench.open();
    await workbench.database.sql('DELETE FROM order_sync_daemons');
    return daemons;
  };

  it('are seen by those of every shop in the same tables, as they said last, until they leave', async () => {
    const daemons = await fresh();
    const shop = uniqueName();
    const { daemons: another } = await workbench.open(shop);
    expect(await daemons.list()).toEqual([]);
    await daemons.beat('a', REPORT);
    await daemons.beat('a', { ...REPORT, inFlight: 4 });
    await another.beat('b', { ...REPORT, host: 'erp-2' });
    const seen = await daemons.list();
    expect(seen.find(({ id }) => id === 'a')?.report).toEqual({ ...REPORT, inFlight: 4 });
    expect(seen.map(({ silentMs }) => silentMs < 30_000)).toEqual([true, true]);
    expect(seen.find(({ id }) => id === 'b')?.shop).toBe(shop);
    // Another shop's row is none of its business.
    await daemons.leave('b');
    await daemons.leave('a');
    expect((await another.list()).map(({ id }) => id)).toEqual(['b']);
  });

  it('that are not heard from are said to be silent, and forgotten after a day', async () => {
    const daemons = await fresh();
    for (const id of ['lives', 'killed', 'forgotten']) await daemons.beat(id, REPORT);
    const sinceThen = async (id: string, ms: number) => {
      const at = new Date(Date.now() - ms).toISOString();
      const text = workbench.kind === 'MySQL' ? at.slice(0, 23).replace('T', ' ') : at;
      await workbench.database.sql(`UPDATE order_sync_daemons SET seen_at = '${text}' WHERE daemon = '${id}'`);
    };
    await sinceThen('killed', 60_000);
    await sinceThen('forgotten', 25 * 3_600_000);
    const listed = await listDaemons(daemons);
    expect(new Map(listed.map(({ id, isSilent }) => [id, isSilent]))).toEqual(
      new Map([
        ['lives', false],
        ['killed', true],
      ]),
    );
    await daemons.prune();
    const rows = await workbench.database.sql('SELECT daemon FROM order_sync_daemons ORDER BY daemon');
    expect(rows.map(({ daemon }) => daemon)).toEqual(['killed', 'lives']);
  });

  it('of an older version beside a newer one are pointed out, and what a later version adds does no harm', async () => {
    const daemons = await fresh();
    await daemons.beat('old', { ...REPORT, version: '1.9.2' });
    await daemons.beat('preview', { ...REPORT, version: '1.10.0-rc.1' });
    const later = {
      ...REPORT,
      version: '1.10.0',
      consumption: { ...REPORT.consumption, state: 'dozing' },
      mood: 'good',
    };
    await daemons.beat('new', later);
    const listed = await listDaemons(daemons);
    expect(new Map(listed.map(({ id, isOutdated }) => [id, isOutdated]))).toEqual(
      new Map([
        ['old', true],
        ['preview', true],
        ['new', false],
      ]),
    );
    expect(listed.find(({ id }) => id === 'new')?.report.consumption.state).toBe('dozing');
  });
});
