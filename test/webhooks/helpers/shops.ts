import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Of every webhook below, unless a test says otherwise. */
export const SECRET = 'wc-secret-for-tests';

export interface SentWebhook {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** JSON as PHP writes it: ASCII only, and every slash escaped. Signatures are over these bytes. */
export function phpJson(value: unknown): Buffer {
  const text = JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[^\0-\x7f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return Buffer.from(text);
}

export function sign(body: Buffer, secret = SECRET, encoding: 'base64' | 'hex' = 'base64'): string {
  return createHmac('sha256', secret).update(body).digest(encoding);
}

export function fromWooCommerce(topic: string, value: unknown, secret = SECRET): SentWebhook {
  const body = phpJson(value);
  const [resource = '', event = ''] = topic.split('.');
  return {
    path: '/webhooks/woocommerce',
    body,
    headers: {
      'content-type': 'application/json',
      'x-wc-webhook-topic': topic,
      'x-wc-webhook-resource': resource,
      'x-wc-webhook-event': event,
      'x-wc-webhook-signature': sign(body, secret),
      'x-wc-webhook-delivery-id': 'bdf03d957634b5d11a089448ef6e2601',
    },
  };
}

export function fromShopify(topic: string, json: string, secret = SECRET): SentWebhook {
  const body = Buffer.from(json);
  return {
    path: '/webhooks/shopify',
    body,
    headers: {
      'content-type': 'application/json',
      'x-shopify-topic': topic,
      'x-shopify-hmac-sha256': sign(body, secret),
      'x-shopify-event-id': '98880550-7158-44d4-b7cd-2c97c8a091b5',
    },
  };
}

/** @param value JSON, or text as it is */
export function fromGeneric(value: unknown, headers: Readonly<Record<string, string>> = {}): SentWebhook {
  const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  return {
    path: '/webhooks/generic',
    body,
    headers: { 'x-webhook-signature': sign(body, SECRET, 'hex'), ...headers },
  };
}

interface Recorded {
  readonly what: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What a WooCommerce 11.0.1 sent, with its headers, signed anew. */
export function recordedWooCommerce(what: string): SentWebhook {
  const file = new URL('../fixtures/woocommerce.json', import.meta.url);
  const recorded = (JSON.parse(readFileSync(file, 'utf8')) as Recorded[]).find((each) => each.what === what);
  if (recorded === undefined) throw new Error(`no webhook "${what}" was recorded`);
  const { 'content-length': _, ...headers } = recorded.headers;
  const body = typeof recorded.body === 'string' ? Buffer.from(recorded.body) : phpJson(recorded.body);
  const signature = 'x-wc-webhook-signature' in headers ? { 'x-wc-webhook-signature': sign(body) } : {};
  return { path: '/webhooks/woocommerce', body, headers: { ...headers, ...signature } };
}
