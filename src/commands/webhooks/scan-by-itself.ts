import type { Logger } from 'pino';
import type { RabbitMQ } from '../../broker/rabbitmq.ts';
import { type Environment, loadConfig } from '../../config/load-config.ts';
import { ConfigError } from '../../errors.ts';
import { requestSync } from '../../messages/request-sync.ts';
import { PeriodicReconciliation } from '../../reconcile/periodic.ts';
import type { ScanOutcome } from '../../webhooks/scan-requests.ts';
import { CommandError } from '../cli/exit-status.ts';
import { withBothSides } from '../connect/with-both-sides.ts';

/**
 * Scans the shop's changes in this process, as `order-sync reconcile` does: shop and internal system are opened for it, and
 * closed afterwards. A machine that only takes webhooks may know neither; then it is impossible.
 *
 * Never rejects.
 */
export async function scanByItself(
  env: Environment,
  rabbit: RabbitMQ,
  logger: Logger,
  signal: AbortSignal,
): Promise<ScanOutcome> {
  try {
    const config = loadConfig(env);
    return await withBothSides(config, 'changes', 'reconcile', async (sides) => {
      const reconciliation = new PeriodicReconciliation({
        ...sides,
        everyMs: undefined,
        deepEveryMs: undefined,
        retryDelaysMs: config.retryDelaysMs,
        publish: (orderNumber) => requestSync(rabbit, orderNumber),
        isBusy: async () => !rabbit.isUp,
        logger,
        onScanned: () => undefined,
      });
      if (signal.aborted) return 'later';
      signal.addEventListener('abort', () => void reconciliation.stop());
      return await reconciliation.scanOnRequest();
    });
  } catch (error) {
    if (error instanceof ConfigError || error instanceof CommandError) return { impossible: error.message };
    logger.warn({ err: error }, 'the changes cannot be scanned at present; trying again');
    return 'later';
  }
}
