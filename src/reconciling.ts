import type { Logger } from 'pino';
import type { RabbitMQ } from './broker/rabbitmq.ts';
import type { Config } from './config/load-config.ts';
import type { Intake } from './delivery/intake.ts';
import type { InternalSystem } from './internal-system/internal-system.ts';
import { requestSync } from './messages/request-sync.ts';
import { type PeriodicOptions, PeriodicReconciliation } from './reconcile/periodic.ts';
import type { ShopClient } from './shop/shop-client.ts';

/** With more events waiting, the daemon is behind. */
const LONG_QUEUE = 1_000;

export interface ReconcilingParts extends Pick<PeriodicOptions, 'onScanned' | 'onDueScan'> {
  readonly config: Config;
  readonly logger: Logger;
  readonly rabbit: RabbitMQ;
  readonly intake: Intake;
  readonly shop: ShopClient;
  readonly internalSystem: InternalSystem;
}

/** What looking for missed orders needs of a running daemon. */
export function scanningOf({ rabbit, intake, shop }: Pick<ReconcilingParts, 'rabbit' | 'intake' | 'shop'>) {
  return {
    shop,
    publish: (reference: string) => requestSync(rabbit, reference),
    /** Events can't be processed, or so many wait that what seems to be missing is merely not there yet. */
    isBusy: async () => intake.outage !== undefined || !rabbit.isConsuming || (await rabbit.waiting()) > LONG_QUEUE,
  };
}

/** Looks for missed orders at an interval, once it is started. */
export function reconciling(parts: ReconcilingParts): PeriodicReconciliation {
  const { config, logger, internalSystem, onScanned, onDueScan } = parts;
  const { reconcile, retryDelaysMs } = config;
  return new PeriodicReconciliation({
    ...reconcile,
    ...scanningOf(parts),
    ...{ retryDelaysMs, internalSystem, logger, onScanned, onDueScan },
  });
}
