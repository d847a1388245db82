import { fileURLToPath } from 'node:url';
import { withTimeout } from '../../../src/async/deadline.ts';
import { checkJournal, checkOwnRows } from '../../checks/check-own-tables.ts';
import type { Violation } from '../../checks/violation.ts';
import { killAtCommit, killAtRandom, worked } from '../../scene/kill.ts';
import type { Scene } from '../../scene/scene.ts';
import { createOwnTables, readJournal, readOwnRows } from '../../servers/own-tables.ts';
import type { ChaosCase } from '../case.ts';

const MAPPING = fileURLToPath(new URL('../../daemon/chaos-tables.ts', import.meta.url));
const KILLS = 6;
const CUTS = 4;

/** Orders written into the company's own tables along with ours. */
export const mappingCases: readonly ChaosCase[] = [mappingCase(KILLS)];

/** @param most how often the daemon is killed */
export function mappingCase(most: number): ChaosCase {
  return {
    id: 'M1',
    fault: 'with a mapping into tables of the company: SIGKILL six times, at random or at a commit; commits lost',
    databases: ['sqlite', 'postgres', 'mariadb'],
    daemons: 0,
    scene: { perSecond: 40, prefetch: 8, plan: { orders: 150 }, env: { MAPPING } },
    limits: { recoveryMs: 30_000 },
    inspect: async (scene) => [
      ...(halves.get(scene) ?? []),
      ...checkOwnRows(await readOwnRows(scene.database), 'in the end'),
      ...checkJournal(await readJournal(scene.database), scene.publisher.versions),
    ],
    play: async (scene) => {
      await createOwnTables(scene.database);
      await scene.begin();
      for (let kills = 0; kills < most; kills += 1) {
        await killedWhileWriting(scene);
        await look(scene, `after kill ${kills + 1}`);
        await (await scene.startDaemon()).ready();
      }
      await commitsLost(scene);
      scene.healed();
    },
  };
}

/** What was seen while it went on. */
const halves = new WeakMap<Scene, Violation[]>();

/** With the daemon dead, or in the middle of its work. */
async function look(scene: Scene, when: string): Promise<void> {
  halves.set(scene, [...(halves.get(scene) ?? []), ...checkOwnRows(await readOwnRows(scene.database), when)]);
}

async function killedWhileWriting(scene: Scene): Promise<void> {
  const { random, daemon } = scene;
  await worked(scene, random.between(1, 6));
  const disarm = random.chance(0.5) ? killAtRandom(scene, daemon) : killAtCommit(scene, daemon, random.between(1, 4));
  // With little left to write, it may not get there.
  await withTimeout(daemon.exited, 1_200, () => undefined);
  disarm();
  await daemon.kill();
}

async function commitsLost(scene: Scene): Promise<void> {
  const { databaseProxy, random } = scene;
  if (databaseProxy === undefined) return;
  let cuts = 0;
  databaseProxy.onCommit(() => {
    if (cuts === CUTS || !random.chance(0.3)) return 'pass';
    cuts += 1;
    return 'cut';
  });
  const allCut = scene.until('the commits were lost', () => cuts === CUTS);
  await withTimeout(allCut, 10_000, () => undefined);
  databaseProxy.onCommit(undefined);
  await look(scene, 'after lost commits');
}
