import type { Recovery } from './ack-memory/recovery.ts';
import type { Alerting } from './alerting.ts';
import type { BesideOrders } from './beside-orders.ts';
import type { RabbitMQ } from './broker/rabbitmq.ts';
import type { Config, OpsConfig } from './config/load-config.ts';
import type { Intake } from './delivery/intake.ts';
import type { InternalSystem } from './internal-system/internal-system.ts';
import type { Log } from './logging/logger.ts';
import { Dashboard } from './ops/dashboard/dashboard.ts';
import { createMetrics, type Metrics } from './ops/metrics.ts';
import { type OpsServer, startOpsServer } from './ops/ops-server.ts';
import type { DaemonState } from './ops/state-gauges.ts';
import type { PauseWatch } from './pause/pause-watch.ts';
import type { ShopClient } from './shop/shop-client.ts';
import { readWebhookState, type WebhookState } from './webhooks/webhook-state.ts';
import type { Webhooks } from './webhooks/webhooks.ts';

export interface OperationsParts {
  readonly config: Config;
  readonly ops: OpsConfig;
  readonly log: Log;
  readonly state: Omit<DaemonState, 'depths' | 'webhooks'> & {
    readonly rabbit: RabbitMQ;
    readonly intake: Intake;
    readonly pauses: PauseWatch;
  };
  readonly shop: ShopClient;
  readonly internalSystem: InternalSystem;
  readonly beside: BesideOrders;
  readonly recovery: Recovery | undefined;
  readonly alerts: Alerting | undefined;
  /** Those that this daemon takes itself. */
  readonly webhooks: Webhooks | undefined;
  /** The name of its heartbeat. */
  readonly daemonId: string;
  readonly stopping: AbortSignal;
}

/** What OPS_PORT serves: dashboard, metrics, readiness. Loaded only where it is set: it is a third of the start-up otherwise. */
export class Operations {
  readonly metrics: Metrics;
  readonly #dashboard: Dashboard;
  readonly #server: OpsServer;

  private constructor(metrics: Metrics, dashboard: Dashboard, server: OpsServer) {
    this.metrics = metrics;
    this.#dashboard = dashboard;
    this.#server = server;
  }

  /** @throws ConfigError when it cannot listen there */
  static async start(parts: OperationsParts): Promise<Operations> {
    const { config, ops, log, state, beside, recovery, alerts, webhooks } = parts;
    const { logger } = log;
    const dashboard = new Dashboard({ ...parts, ...state, logger, webhooks: webhookState(config, webhooks) });
    const metrics = createMetrics(
      { ...state, webhooks: webhooks && (() => webhooks.figures), depths: () => dashboard.depths() },
      { ...beside, recovery, alerts },
    );
    beside.shipments?.intake.on('settled', ({ facts }) => metrics.observeShipment(facts));
    const server = await startOpsServer({
      ...ops,
      health: state.health,
      metrics,
      notePeople: (level, message) => logger[level](message),
      routes: (access) => dashboard.routes(access),
    });
    logger.info({ host: ops.host, port: server.port }, 'operations port open: / /livez /readyz /metrics');
    return new Operations(metrics, dashboard, server);
  }

  /** Ends what people have begun, and the live views. The port stays open. */
  async endActions(): Promise<void> {
    await this.#dashboard.close();
  }

  async close(): Promise<void> {
    await this.#server.close();
  }
}

/** What the dashboard shows of webhooks, whichever process takes them; undefined if none does. */
function webhookState(
  { webhooks: config }: Config,
  own: Webhooks | undefined,
): (() => WebhookState | undefined) | undefined {
  if (own !== undefined) return () => own.figures;
  return config && (() => readWebhookState(config.spool.path));
}
