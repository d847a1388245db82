import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { versionOf } from '../../checks/check-orders.ts';
import { UNAVAILABLE } from '../../checks/records.ts';
import type { Violation } from '../../checks/violation.ts';
import type { Scene } from '../../scene/scene.ts';
import { type Queried, readRecords } from '../../servers/internal-database.ts';

/** How long it may take until all that was forgotten is back. */
const REPAIR_LIMIT_MS = 60_000;
/** A look at everything takes time from the shop, which this process plays as well. */
const LOOK_EVERY_MS = 500;
/** Then no ack is on its way any more. */
const SILENCE_MS = 1_000;

/** Resolves once each ack that the daemon wrote has been looked at, in the database that it was true of. */
export async function untilSilent(scene: Scene): Promise<void> {
  const isSilent = () => performance.now() - (scene.wire.writtenAt.at(-1) ?? 0) > SILENCE_MS;
  await scene.until('no ack is on its way', isSilent);
}

/**
 * The orders that were acked, but whose acked version is not in this database: it has an older one, or none. To be called while
 * the daemon can't write, so that each ack was looked at in the database that it was true of.
 */
export async function forgottenOrders(scene: Scene, database: Queried): Promise<string[]> {
  await untilSilent(scene);
  const forgotten = await missing(scene, database);
  if (forgotten.length === 0) throw new Error('expected acked orders that the database has forgotten, found none');
  return forgotten;
}

/** Waits until they are back, without a person. One line of the daemon's must have said how many are gone. */
export async function untilRepaired(scene: Scene, forgotten: readonly string[]): Promise<void> {
  const isRepaired = async () => {
    await sleep(LOOK_EVERY_MS);
    return (await missing(scene, scene.database)).length === 0;
  };
  await scene.until('the forgotten orders are back', isRepaired, REPAIR_LIMIT_MS);
  const said = saidForgotten(scene.daemon.output);
  const [count = 0] = said;
  // Fewer when later events of the same orders have brought these back. More by those whose ack was on its way at the loss.
  if (said.length !== 1 || count === 0 || count > forgotten.length + scene.prefetch)
    throw new Error(`the database has forgotten ${forgotten.length} orders, the daemon said: ${said.join(', ')}`);
}

/** Nothing that was acked was lost, so the daemon must not say so either. */
export async function nothingForgotten({ daemons }: Scene): Promise<Violation[]> {
  return daemons.flatMap(({ name, output }) =>
    saidForgotten(output).map((orders) => ({
      invariant: 'I10',
      message: `${name} said that the database has forgotten ${orders} orders, expected none`,
    })),
  );
}

async function missing({ wire, publisher }: Scene, database: Queried): Promise<string[]> {
  const { rows } = await readRecords(database);
  const stored = new Map(rows.map(({ orderNumber, content }) => [orderNumber, content]));
  const versionIn = (orderNumber: string, content = '') => versionOf(content, publisher.versions.get(orderNumber));
  const found = new Set<string>();
  for (const { stored: seen } of wire.records().acks) {
    if (seen === undefined || seen === UNAVAILABLE) continue;
    const { orderNumber } = document.parse(JSON.parse(seen));
    if (versionIn(orderNumber, stored.get(orderNumber)) < versionIn(orderNumber, seen)) found.add(orderNumber);
  }
  return [...found];
}

const document = z.object({ orderNumber: z.string() });

/** The numbers of orders in the daemon's error lines about a database that has forgotten some. */
function saidForgotten(output: string): number[] {
  const lines = output.matchAll(/"level":"error".*"msg":"the database has forgotten (\d+)/g);
  return [...lines].map(([, count]) => Number(count));
}
