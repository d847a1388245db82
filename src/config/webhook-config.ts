import type { Environment } from '../settings/environment.ts';
import { problem } from '../settings/problems.ts';
import type { WebhookConfig as Webhooks } from '../webhooks/webhooks.ts';
import { parseVariable } from './parse-variables.ts';
import { isGiven, rereadable } from './secrets.ts';
import type { Values, VariableName } from './variables.ts';

/** Where webhooks are taken, and which are genuine. */
export interface WebhookConfig extends Webhooks {
  /** Of the daemon; undefined when it takes none. */
  readonly port: number | undefined;
}

/** Of "order-sync webhooks", where WEBHOOK_PORT is unset because the daemon is not to take them. */
export const DEFAULT_WEBHOOK_PORT = 9465;

/** Shops that a preset for webhooks exists for. Any other is `generic`. */
const SHOPS = ['woocommerce', 'shopify', 'magento'] as const;
/** Their APIs can't be asked for an order by its number. */
const KNOWN_BY_ID = ['woocommerce', 'shopify', 'medusa', 'vendure'];

/** @returns undefined when nothing is said about webhooks; usable only if no problem was added */
export function webhookConfig(env: Environment, values: Values, problems: string[]): WebhookConfig | undefined {
  const { WEBHOOK_PORT: port, WEBHOOK_HOST: host } = values;
  const hasSecret = isGiven(env, 'WEBHOOK_SECRET');
  const hasToken = isGiven(env, 'WEBHOOK_TOKEN');
  if (isGiven(env, 'WEBHOOK_OLD_SECRET') && !hasSecret) {
    problems.push(problem('WEBHOOK_SECRET', 'not set although WEBHOOK_OLD_SECRET is', 'the secret that replaces it'));
  }
  if (!hasSecret && !hasToken) {
    if (port === undefined) return undefined;
    const expected = "the secret with which the shop signs, or WEBHOOK_TOKEN if it can't sign";
    problems.push(problem('WEBHOOK_SECRET', 'not set although WEBHOOK_PORT is', expected));
  }
  // Not from the values: a process that only takes webhooks needs no other part of the shop's configuration.
  const shop = parseVariable('SHOP_PRESET', env['SHOP_PRESET'], problems);
  return {
    port,
    host,
    preset: values.WEBHOOK_PRESET ?? SHOPS.find((name) => name === shop) ?? 'generic',
    shopName: values.SHOP_NAME,
    secrets: secretsOf(env, values),
    token: values.WEBHOOK_TOKEN === undefined ? undefined : rereadable(env, 'WEBHOOK_TOKEN', values.WEBHOOK_TOKEN),
    signatureHeader: values.WEBHOOK_SIGNATURE_HEADER?.toLowerCase(),
    prefersId: KNOWN_BY_ID.some((name) => name === shop),
    spool: { path: values.WEBHOOK_SPOOL, max: values.WEBHOOK_SPOOL_MAX },
  };
}

function secretsOf(env: Environment, values: Values): () => readonly string[] {
  const names = ['WEBHOOK_SECRET', 'WEBHOOK_OLD_SECRET'] as const satisfies VariableName[];
  const secrets = names.flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [rereadable(env, name, value)];
  });
  return () => secrets.map((secret) => secret());
}
