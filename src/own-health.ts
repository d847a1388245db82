import type { RabbitMQ } from './broker/rabbitmq.ts';
import type { Config } from './config/load-config.ts';
import type { Blockage } from './delivery/blockage.ts';
import type { Intake } from './delivery/intake.ts';
import { daemonHealth, type Health } from './health/health.ts';
import { StallDetector, stallTimeoutMs } from './health/stall-detector.ts';
import { feedWatchdog, keepStatus } from './health/systemd.ts';
import type { InternalSystem } from './internal-system/internal-system.ts';
import type { PauseWatch } from './pause/pause-watch.ts';
import { pauseInWords } from './pause/pause-words.ts';
import type { WebhookFigures } from './webhooks/webhooks.ts';

export interface HealthParts {
  readonly config: Pick<Config, 'shop' | 'notifySocket' | 'watchdogMs' | 'rabbitmq'>;
  readonly rabbit: RabbitMQ;
  readonly intake: Intake;
  readonly blockage: Pick<Blockage, 'queues'>;
  readonly pauses: Pick<PauseWatch, 'pause'>;
  /** Undefined when the daemon takes none. */
  readonly webhooks: () => WebhookFigures | undefined;
  /** Set if the internal system is a module of the user's own. */
  readonly module: InternalSystem | undefined;
  /** What a person should see to, although orders are synced. */
  readonly warnings: () => readonly string[];
  readonly stopping: AbortSignal;
}

/** How the daemon is, told to systemd from now on, and to whoever asks the operations port. */
export class OwnHealth {
  readonly stallDetector: StallDetector;
  readonly #parts: HealthParts;

  constructor(parts: HealthParts) {
    const { rabbit, intake, blockage, module } = parts;
    const { shop, notifySocket, watchdogMs, rabbitmq } = parts.config;
    this.#parts = parts;
    this.stallDetector = new StallDetector({ rabbit, intake, blockage, stallTimeoutMs: stallTimeoutMs(shop, module) });
    this.stallDetector.start();
    feedWatchdog(notifySocket, watchdogMs, () => this.now().live);
    keepStatus(notifySocket, () => statusOf(this.now(), rabbitmq.queue));
  }

  now(): Health {
    const { webhooks, stopping, ...parts } = this.#parts;
    const { stallDetector } = this;
    const health = daemonHealth({ ...parts, stallDetector, webhooks: webhooks(), isStopping: stopping.aborted });
    const warnings = parts.warnings();
    return warnings.length === 0 ? health : { ...health, warnings };
  }
}

/** For `systemctl status`. */
function statusOf({ reason, paused }: Health, queue: string): string {
  return reason ?? (paused === undefined ? `consuming ${queue}` : pauseInWords(paused));
}
