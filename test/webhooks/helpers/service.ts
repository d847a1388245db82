import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { RabbitMQ } from '../../../src/broker/rabbitmq.ts';
import type { ScanOutcome } from '../../../src/webhooks/scan-requests.ts';
import { type WebhookConfig, Webhooks } from '../../../src/webhooks/webhooks.ts';
import { aBystander, aRabbit } from '../../helpers/broker.ts';
import { SECRET, type SentWebhook } from './shops.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Service {
  readonly webhooks: Webhooks;
  readonly rabbit: RabbitMQ;
  /** Log lines so far. */
  readonly lines: readonly Record<string, unknown>[];
  /** @param webhook sent as it is, with these headers besides */
  post(webhook: SentWebhook, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  send(method: string, path: string, body?: Buffer, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Takes the events that are in the queue now: reference and type. */
  published(): Promise<string[]>;
}

/** A folder, removed after the test. */
export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'order-sync-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

interface ServiceOptions {
  readonly rabbit?: RabbitMQ;
  /** Connected to the broker before it begins. */
  readonly isOpen?: boolean;
  readonly scan?: () => Promise<ScanOutcome>;
}

/** Webhooks taken in this process, into a queue of its own on the real broker. */
export async function aService(
  overrides: Partial<WebhookConfig> = {},
  { rabbit = aRabbit(), isOpen = true, scan = async () => 'done' }: ServiceOptions = {},
): Promise<Service> {
  if (isOpen) await rabbit.open();
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'trace' }, { write: (line) => void lines.push(JSON.parse(line)) });
  const config: WebhookConfig = {
    host: '127.0.0.1',
    preset: 'woocommerce',
    shopName: 'tea-shop',
    secrets: () => [SECRET],
    token: undefined,
    signatureHeader: undefined,
    prefersId: false,
    spool: { path: join(aFolder(), 'spool.db'), max: 1_000 },
    ...overrides,
  };
  const webhooks = new Webhooks({ config, port: 0, rabbit, logger, scan, scanDelayMs: 1 });
  await webhooks.start();
  onTestFinished(() => webhooks.stop());
  const send: Service['send'] = (method, path, body, headers = {}) =>
    exchange(webhooks.port, { method, path, headers, body });
  return {
    webhooks,
    rabbit,
    lines,
    send,
    post: ({ path, body, headers }, more = {}) => send('POST', path, body, { ...headers, ...more }),
    async published() {
      const bystander = await aBystander();
      const messages = await bystander.drain(rabbit.queue);
      return messages.map(({ content }) => {
        const { orderNumber, event } = JSON.parse(content) as { orderNumber: string; event: string };
        return `${orderNumber} ${event}`;
      });
    },
  };
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer | undefined;
}

export async function exchange(port: number, { method, path, headers, body }: Sent): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, async (response) => {
    try {
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: await text(response) });
    } catch (error) {
      reject(error);
    }
  });
  sent.on('error', reject);
  sent.end(body);
  return await promise;
}
