import { backUp } from '../../../test/helpers/servers/back-up.ts';
import { isDrained } from '../../scene/quiescence.ts';
import type { Scene } from '../../scene/scene.ts';
import type { ChaosCase } from '../case.ts';
import { forgottenOrders, untilRepaired, untilSilent } from './forgotten.ts';

/** A backup takes the place of the database: what was acked since is gone. */
export const restoredCases: readonly ChaosCase[] = [
  {
    id: 'F4',
    fault: 'a backup restored under the running daemon, and again while no daemon runs: what it lacks is repaired',
    databases: ['postgres', 'mariadb'],
    play: async (scene) => {
      const { publisher, wire } = scene;
      await scene.progress(0.2);
      publisher.pause();
      const restore = await backUp(serverOf(scene));
      publisher.resume();
      const before = wire.writtenAt.length;
      await scene.until('60 events were acked since', () => wire.writtenAt.length >= before + 60);
      // So that it has not repaired anything before it is counted.
      scene.daemon.signal('SIGSTOP');
      const atOnce = await restored(scene, restore);
      // It reads first what the database answered before it was restored, and acks that.
      wire.overlookUnsettled();
      scene.daemon.signal('SIGCONT');
      await untilRepaired(scene, atOnce);

      await scene.progress(1);
      await scene.until('everything published is settled', () => isDrained(scene));
      scene.daemon.signal('SIGTERM', 0);
      await scene.daemon.exited;
      const meanwhile = await restored(scene, restore);
      await (await scene.startDaemon()).ready();
      scene.healed();
      await untilRepaired(scene, meanwhile);
    },
  },
];

/** @returns the orders that are forgotten with this */
async function restored(scene: Scene, restore: () => Promise<void>): Promise<string[]> {
  const server = serverOf(scene);
  await untilSilent(scene);
  await server.stop();
  await restore();
  await server.start();
  return await forgottenOrders(scene, scene.database);
}

function serverOf({ database }: Scene) {
  if (database.server === undefined) throw new Error('expected a database server');
  return database.server;
}
