import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** An alert as `json+http://…` gets it. */
export interface ReceivedAlert {
  readonly id: string;
  readonly kind: string;
  readonly severity: string;
  readonly shop: string;
  readonly title: string;
  readonly lines: readonly string[];
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Stands in for whoever is told. */
export interface AlertReceiver {
  /** For ALERT_URL. */
  readonly url: string;
  /** In the order of arrival; each once, however often it was sent. */
  readonly alerts: readonly ReceivedAlert[];
  /** Resolves to the first one of this kind that matches, past or future. */
  alert(kind: string, matches?: (alert: ReceivedAlert) => boolean): Promise<ReceivedAlert>;
}

/** Closed after the test. */
export async function anAlertReceiver(): Promise<AlertReceiver> {
  const alerts: ReceivedAlert[] = [];
  const watchers = new Set<() => void>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const alert = JSON.parse(body) as ReceivedAlert;
    if (!alerts.some(({ id }) => id === alert.id)) alerts.push(alert);
    response.end();
    for (const watcher of watchers) watcher();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `json+http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`,
    alerts,
    alert: (kind, matches = () => true) =>
      new Promise((resolve) => {
        const look = () => {
          const found = alerts.find((alert) => alert.kind === kind && matches(alert));
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
  };
}
