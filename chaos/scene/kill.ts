import type { ChaosDaemon } from '../daemon/daemon.ts';
import type { AmqpStep } from '../wire/amqp-proxy.ts';
import type { Scene } from './scene.ts';

/** Waits until that many more deliveries are settled, or nothing is left to do. */
export async function worked(scene: Scene, settled: number): Promise<void> {
  const target = scene.wire.settled + settled;
  const idleSince = performance.now();
  await scene.until(
    `${settled} more deliveries are settled`,
    () => scene.wire.settled >= target || performance.now() - Math.max(scene.wire.settledAt, idleSince) > 1_500,
  );
}

/**
 * Kills the daemon the `passes`th time that the broker's connections get to this point; half of the time, the step itself is lost too.
 *
 * @returns disarms it
 */
export function killAtStep(
  scene: Scene,
  daemon: ChaosDaemon,
  isPoint: (step: AmqpStep) => boolean,
  passes: number,
): () => void {
  const isNow = countdown(daemon, passes);
  const isLost = scene.random.chance(0.5);
  return scene.amqp.intercept((step) => (isPoint(step) && isNow() && isLost ? 'cut' : undefined));
}

/** The same for commits, asked for or done, of a database behind a proxy; at a random moment for a file. @returns disarms it */
export function killAtCommit(scene: Scene, daemon: ChaosDaemon, passes: number): () => void {
  const { databaseProxy } = scene;
  if (databaseProxy === undefined) return killAtRandom(scene, daemon);
  const isNow = countdown(daemon, passes);
  const isLost = scene.random.chance(0.5);
  databaseProxy.onCommit(() => (isNow() && isLost ? 'cut' : 'pass'));
  return () => databaseProxy.onCommit(undefined);
}

/** @returns disarms it */
export function killAtRandom(scene: Scene, daemon: ChaosDaemon): () => void {
  const timer = setTimeout(() => daemon.signal('SIGKILL'), scene.random.between(400, 1_100));
  return () => clearTimeout(timer);
}

/** @returns to be called at each pass: kills at the last one, and says so */
export function countdown(daemon: ChaosDaemon, passes: number): () => boolean {
  let left = passes;
  return () => {
    left -= 1;
    if (left === 0) daemon.signal('SIGKILL');
    return left === 0;
  };
}

/**
 * Ends the daemon, if it still runs. What it had leased would be free after 30 to 90 seconds: this is as if they had passed. Not beside
 * another daemon.
 */
export async function endWithItsLeases({ daemon, database }: Scene): Promise<void> {
  await daemon.kill();
  await database.run('UPDATE order_shipments SET lease_until = NULL');
  await database.run('UPDATE order_sync_reconciliation SET lease_until = NULL');
}
