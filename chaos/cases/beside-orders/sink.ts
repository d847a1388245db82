import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { withTimeout } from '../../../src/async/deadline.ts';
import type { Violation } from '../../checks/violation.ts';
import { ERP_TABLES } from '../../daemon/chaos-erp.ts';
import type { Scene } from '../../scene/scene.ts';
import type { ChaosCase } from '../case.ts';

const ERP = fileURLToPath(new URL('../../daemon/chaos-erp.ts', import.meta.url));
const SCENE = { perSecond: 30, prefetch: 8, plan: { orders: 150 }, env: { INTERNAL_SYSTEM: ERP } };

/** Faults between the ledger and the ERP behind it. */
export const sinkCases: readonly ChaosCase[] = [
  {
    id: 'K1',
    fault: 'SIGKILL six times while an order is being delivered to an ERP: before the ERP wrote it, or after',
    databases: ['sqlite', 'postgres'],
    scene: SCENE,
    limits: { recoveryMs: 30_000 },
    inspect: inspectErp,
    play: async (scene) => {
      for (let kills = 0; kills < 6; kills += 1) {
        await standingAt(scene, kills % 2 === 0 ? 'asked' : 'written');
      }
      await (await scene.startDaemon()).ready();
      scene.healed();
    },
  },
  {
    id: 'K2',
    fault: 'two daemons deliver to one ERP, one of them killed again and again',
    databases: ['postgres'],
    daemons: 1,
    scene: SCENE,
    limits: { recoveryMs: 30_000 },
    inspect: inspectErp,
    play: async (scene) => {
      for (let kills = 0; kills < 4; kills += 1) await standingAt(scene, kills % 2 === 0 ? 'asked' : 'written', false);
      await (await scene.startDaemon()).ready();
      scene.healed();
    },
  },
  {
    id: 'K3',
    fault: 'an upsert takes effect after its time limit, while the order is to be delivered again',
    scene: SCENE,
    limits: { recoveryMs: 30_000, countsAttempts: true },
    inspect: inspectErp,
    play: async (scene) => {
      for (let times = 0; times < 2; times += 1) {
        await scene.daemon.kill();
        const daemon = await scene.startDaemon({ CHAOS_ERP_POINT: 'late', CHAOS_ERP_AT: '3' });
        await daemon.ready();
        await withTimeout(
          scene.until('an upsert is late', () => pointsReached(scene) > times),
          8_000,
          () => undefined,
        );
      }
      scene.healed();
    },
  },
];

/** Starts a daemon that stands still at the point, and kills it there. @param isAlone after the one before it was killed */
async function standingAt(scene: Scene, point: string, isAlone = true): Promise<void> {
  if (isAlone && scene.daemon.isRunning) await scene.daemon.kill();
  const before = pointsReached(scene);
  const daemon = await scene.startDaemon({ CHAOS_ERP_POINT: point, CHAOS_ERP_AT: '2' });
  const reached = scene.until('it is being delivered', () => pointsReached(scene) > before);
  // With few orders left, it may never get there.
  await withTimeout(reached, 8_000, () => undefined);
  await daemon.kill();
}

function pointsReached(scene: Scene): number {
  return Number(fromErp(scene, 'SELECT count(*) AS reached FROM points')[0]?.['reached']);
}

/** The ERP has each order of the ledger once, as it is stored; and none was ever set back there. */
async function inspectErp(scene: Scene): Promise<readonly Violation[]> {
  const stored = await scene.database.run('SELECT shop, shop_order_id, revision, status FROM orders');
  const records = Map.groupBy(fromErp(scene, 'SELECT reference, revision, status FROM records'), keyOf);
  const wrong = stored.flatMap((row): Violation[] => {
    const key = `${row['shop']}/${row['shop_order_id']}`;
    const found = records.get(key) ?? [];
    if (found.length > 1) return [{ invariant: 'I2', message: `The ERP has ${key} ${found.length} times.` }];
    const [record] = found;
    const isRight = record?.['revision'] === row['revision'] && record?.['status'] === row['status'];
    return isRight ? [] : [{ invariant: 'I1', message: `The ERP has ${key} as ${JSON.stringify(record)}.` }];
  });
  const history = Map.groupBy(fromErp(scene, 'SELECT reference, revision FROM history ORDER BY id'), keyOf);
  const setBack = [...history].filter(([, rows]) =>
    rows.some(({ revision }, index) => index > 0 && Number(revision) < Number(rows[index - 1]?.['revision'])),
  );
  return [
    ...wrong,
    ...setBack.map(([key]): Violation => ({ invariant: 'I3', message: `The ERP had ${key} set back.` })),
  ];
}

function keyOf(row: Readonly<Record<string, unknown>>): string {
  return String(row['reference']);
}

function fromErp({ folder }: Scene, sql: string): Record<string, unknown>[] {
  const erp = new DatabaseSync(join(folder, 'erp.db'), { timeout: 5_000 });
  try {
    erp.exec(ERP_TABLES);
    return erp
      .prepare(sql)
      .all()
      .map((row) => ({ ...row }));
  } finally {
    erp.close();
  }
}
