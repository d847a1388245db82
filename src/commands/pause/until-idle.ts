import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonStore } from '../../internal-system/daemon-store.ts';
import { type ListedDaemon, listDaemons } from '../../internal-system/listed-daemons.ts';

/** An order takes seconds at most, unless the shop or the ERP is slow: then a person had better look again. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 500;

export interface Idleness {
  /** Those of this shop that are heard from. */
  readonly daemons: readonly ListedDaemon[];
  /** Those of them that have not said yet that nothing is in hand. */
  readonly busy: readonly ListedDaemon[];
}

/**
 * Waits until the daemons of this shop have nothing in hand, or patience is at its end.
 *
 * @param forMs how long the pause lasts @throws SyncError
 */
export async function untilIdle(
  store: Pick<DaemonStore, 'list'>,
  shop: string,
  forMs = Number.POSITIVE_INFINITY,
): Promise<Idleness> {
  const giveUpAt = performance.now() + Math.min(PATIENCE_MS, forMs);
  for (;;) {
    const daemons = (await listDaemons(store)).filter((daemon) => daemon.shop === shop && !daemon.isSilent);
    const busy = daemons.filter(isBusy);
    if (busy.length === 0 || performance.now() > giveUpAt) return { daemons, busy };
    await sleep(LOOK_EVERY_MS);
  }
}

/** One that can't take any orders obeys once it can. */
const TAKES_NONE = new Set(['held', 'starting', 'disconnected', 'refused', 'draining']);

function isBusy({ report: { inFlight, consumption } }: ListedDaemon): boolean {
  return inFlight > 0 || !TAKES_NONE.has(consumption.state);
}
