import { expect, it } from 'vitest';
import { describeDatabases, uniqueName } from '../helpers/test-databases.ts';

const BY_LI_WEI = { by: 'li.wei', reason: 'ERP 升级' };

describeDatabases('pauses', (workbench) => {
  it('begin and end for every daemon of the shop, and for no other shop', async () => {
    const shop = uniqueName();
    const { pauses } = await workbench.open(shop);
    const { pauses: elsewhere } = await workbench.open(shop);
    const { pauses: ofAnother } = await workbench.open();
    expect(await elsewhere.last()).toBeUndefined();
    expect(await pauses.resume('nobody')).toBeUndefined();
    const begun = await pauses.pause(BY_LI_WEI);
    expect(begun).toMatchObject({ ...BY_LI_WEI, until: null });
    expect(await elsewhere.last()).toMatchObject({ ...begun, ended: null });
    expect(await ofAnother.last()).toBeUndefined();
    expect(await elsewhere.resume('ann')).toEqual(begun);
    expect(await pauses.last()).toMatchObject({ ...begun, ended: { by: 'ann' } });
    expect(await pauses.resume('bob')).toBeUndefined();
  });

  it('that are begun again go on since then, with the new end and the new words', async () => {
    const { pauses } = await workbench.open();
    const first = await pauses.pause({ by: 'ann', reason: 'backup', forMs: 3_600_000 });
    const second = await pauses.pause(BY_LI_WEI);
    expect(second).toEqual({ ...BY_LI_WEI, since: first.since, until: null });
    await pauses.resume('ann');
    const third = await pauses.pause(BY_LI_WEI);
    expect(third.since > first.since).toBe(true);
    expect(await pauses.last()).toMatchObject({ ...third, ended: null });
  });

  it("end when their time is up by the database's clock, with nobody's help", async () => {
    const shop = uniqueName();
    const { pauses } = await workbench.open(shop);
    const { since, until } = await pauses.pause({ ...BY_LI_WEI, forMs: 7_200_000 });
    expect(Date.parse(until ?? '') - Date.parse(since)).toBe(7_200_000);
    expect(await pauses.last()).toMatchObject({ until, ended: null });
    await workbench.database.sql(
      `UPDATE order_sync_pauses SET paused_at = '2026-01-01 08:00:00.000', ends_at = '2026-01-01 10:00:00.000' WHERE shop = '${shop}'`.replaceAll(
        / (\d\d:\d\d:\d\d\.\d{3})'/g,
        workbench.kind === 'MySQL' ? " $1'" : "T$1Z'",
      ),
    );
    const over = await pauses.last();
    expect(over).toMatchObject({ ended: { at: '2026-01-01T10:00:00.000Z', by: null }, lastsMs: 7_200_000 });
    expect(await pauses.resume('late')).toBeUndefined();
  });
});
