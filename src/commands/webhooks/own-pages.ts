import { SPOOL_FULL } from '../../health/health.ts';
import { json, plain, type Reply } from '../../http/reply.ts';
import { createWebhookMetrics } from '../../ops/webhook-metrics.ts';
import type { WebhookFigures } from '../../webhooks/webhooks.ts';

/**
 * The process has no operations port, for it shares the daemon's environment. So its own port answers probes and Prometheus;
 * a proxy in front passes on /webhooks/ alone. Nothing there is personal.
 */
export function ownPages(figures: () => WebhookFigures): (path: string) => Promise<Reply> | undefined {
  const metrics = createWebhookMetrics(figures);
  const pages: Readonly<Record<string, () => Promise<Reply>>> = {
    '/livez': async () => plain(200, 'live'),
    '/readyz': async () =>
      figures().isSpoolFull ? json({ ready: false, reason: SPOOL_FULL }, 503) : json({ ready: true }),
    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.render() }),
  };
  return (path) => (Object.hasOwn(pages, path) ? pages[path]?.() : undefined);
}
