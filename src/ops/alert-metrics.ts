import { Counter, Gauge, type Registry } from '@prometheus-io/client';
import type { AlertFigures } from '../alerts/alerts.ts';

/** Read at each scrape. There are as many targets as addresses in ALERT_URL. */
export function registerAlerts(alerts: { readonly figures: readonly AlertFigures[] }, registers: Registry[]): void {
  new Counter({
    name: 'order_sync_alerts_total',
    help: 'Alerts by target and by what became of them: sent, failed (refused, or not taken within an hour), dropped.',
    labelNames: ['target', 'result'] as const,
    registers,
    collect() {
      this.reset();
      for (const { target, sent, failed, dropped } of alerts.figures) {
        this.inc({ target, result: 'sent' }, sent);
        this.inc({ target, result: 'failed' }, failed);
        this.inc({ target, result: 'dropped' }, dropped);
      }
    },
  });
  new Gauge({
    name: 'order_sync_alerts_waiting',
    help: 'Alerts that wait for their target.',
    labelNames: ['target'] as const,
    registers,
    collect() {
      for (const { target, waiting } of alerts.figures) this.set({ target }, waiting);
    },
  });
}
