import { at, type Reply } from '../../toolkit/index.ts';

/** What nothing else would say: a token that sees a part, a version that has gone, webhooks that were removed. */
export function warnings({ json, headers }: Reply, asked: string): readonly string[] {
  const [found, served] = [JSON.stringify(json), headers['x-shopify-api-version']];
  const old = 'Orders of more than 60 days ago cannot be seen: give the app the scope read_all_orders.';
  const version = `Version ${asked} is not served any more, ${served} is: set SHOP_API_VERSION to a later one.`;
  const webhook =
    'The app has no webhook for orders. Shopify removes one that fails; those made in its admin do not show.';
  const hints = [
    !found.includes('"read_all_orders"') && old,
    served !== undefined && served !== asked && version,
    !found.includes('"ORDERS_') && webhook,
  ];
  return hints.filter((hint) => hint !== false);
}

/** The points that are left for queries, in any reply. */
export function budget(json: unknown) {
  const [cost, throttle] = [at(json, 'extensions.cost.requestedQueryCost'), at(json, 'extensions.cost.throttleStatus')];
  const [available, restoredPerSecond] = [at(throttle, 'currentlyAvailable'), at(throttle, 'restoreRate')];
  const isTold = typeof cost === 'number' && typeof available === 'number' && typeof restoredPerSecond === 'number';
  return isTold ? { cost, available, restoredPerSecond } : undefined;
}
