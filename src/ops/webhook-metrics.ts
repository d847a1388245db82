import { Counter, Gauge, Registry } from '@prometheus-io/client';
import type { WebhookFigures } from '../webhooks/webhooks.ts';
import { processMetrics } from './process-metrics.ts';

/** The metrics of a process that takes webhooks and nothing else. */
export function createWebhookMetrics(figures: () => WebhookFigures): {
  readonly contentType: string;
  render(): Promise<string>;
} {
  const registry = new Registry();
  registerWebhooks(figures, [registry]);
  return {
    contentType: registry.contentType,
    render: async () => `${await registry.metrics()}\n${await processMetrics().metrics()}`,
  };
}

/** Read at each scrape. */
export function registerWebhooks(figures: () => WebhookFigures, registers: Registry[]): void {
  new Counter({
    name: 'order_sync_webhooks_total',
    help: 'Requests to the webhook port, by what became of them.',
    labelNames: ['result'],
    registers,
    collect() {
      this.reset();
      for (const [result, count] of Object.entries(figures().counts)) this.inc({ result }, count);
    },
  });
  new Gauge({
    name: 'order_sync_webhook_spool_events',
    help: 'Events of webhooks on disk, waiting for the broker.',
    registers,
    collect() {
      this.set(figures().spooled);
    },
  });
  new Gauge({
    name: 'order_sync_webhook_last_received_timestamp_seconds',
    help: 'When the last genuine webhook came, in seconds since the epoch; 0: none has.',
    registers,
    collect() {
      this.set((figures().lastAt?.getTime() ?? 0) / 1000);
    },
  });
}
