import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresPair } from '../../../test/helpers/servers/postgres-pair.ts';
import type { Scene } from '../../scene/scene.ts';
import type { ChaosCase } from '../case.ts';
import { checkFindsNothingWrong, checkNamesTheStandby, statusKnows } from './commands.ts';
import { forgottenOrders, nothingForgotten, untilRepaired } from './forgotten.ts';

/** What a cluster manager needs to notice that the primary is gone. */
const NOTICED_AFTER_MS = 1_500;
const LAG_MS = 4_000;

/** A PostgreSQL primary fails, and its standby takes its place. */
export const standbyCases: readonly ChaosCase[] = [
  {
    id: 'F1',
    fault: 'primary killed, its synchronous standby promoted',
    databases: ['postgres'],
    scene: { hasStandby: true },
    play: async (scene) => {
      const pair = pairOf(scene);
      await pair.setSynchronous(true);
      await scene.progress(0.4);
      await pair.primary.kill();
      await sleep(NOTICED_AFTER_MS);
      await pair.promote();
      scene.healed();
    },
    inspect: nothingForgotten,
  },
  {
    id: 'F2',
    fault: 'primary killed, an asynchronous standby that is 4 s behind promoted: what it lacks is noticed and repaired',
    databases: ['postgres'],
    scene: { hasStandby: true },
    play: async (scene) => {
      const pair = pairOf(scene);
      await scene.progress(0.15);
      pair.holdReplication();
      await sleep(LAG_MS);
      await pair.primary.kill();
      const forgotten = await forgottenOrders(scene, scene.database.standby ?? scene.database);
      // Until it has noticed, `status` must know.
      scene.daemon.signal('SIGSTOP');
      await pair.promote();
      await statusKnows(scene, forgotten);
      scene.daemon.signal('SIGCONT');
      scene.healed();
      await untilRepaired(scene, forgotten);
      await checkFindsNothingWrong(scene);
    },
  },
  {
    id: 'F3',
    fault: 'commits that wait for a cut-off standby cancelled or their sessions ended, then that standby promoted',
    databases: ['postgres'],
    scene: { hasStandby: true },
    play: async (scene) => {
      const pair = pairOf(scene);
      await pair.setSynchronous(true);
      await scene.progress(0.3);
      pair.holdReplication();
      const ended = { pg_cancel_backend: 0, pg_terminate_backend: 0 };
      await scene.until('commits were ended both ways', async () => {
        const how = scene.random.chance(0.6) ? 'pg_cancel_backend' : 'pg_terminate_backend';
        ended[how] += (await scene.database.run(WAITING.replace('pid', `${how}(pid)`))).length;
        return ended.pg_cancel_backend >= 5 && ended.pg_terminate_backend >= 3;
      });
      await checkNamesTheStandby(scene);
      await pair.primary.kill();
      await pair.promote();
      scene.healed();
    },
    inspect: nothingForgotten,
  },
  {
    id: 'F5',
    fault: 'switchover: the former primary comes back as a standby; connections killed, so that they are made anew',
    databases: ['postgres'],
    scene: { hasStandby: true },
    play: async (scene) => {
      const pair = pairOf(scene);
      await scene.progress(0.2);
      await pair.primary.stop();
      await pair.promote();
      await pair.mend();
      for (let times = 0; times < 5; times += 1) {
        await scene.database.run(SESSIONS.replace('pid', 'pg_terminate_backend(pid)'));
        await sleep(scene.random.between(100, 500));
      }
      scene.healed();
    },
    inspect: nothingForgotten,
  },
];

/** The daemon's. */
const SESSIONS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'order-sync'";
const WAITING = `${SESSIONS} AND wait_event = 'SyncRep'`;

function pairOf({ database }: Scene): PostgresPair {
  if (database.pair === undefined) throw new Error('expected a scene with a standby');
  return database.pair;
}
