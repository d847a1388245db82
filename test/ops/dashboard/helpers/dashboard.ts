import type { DemoShop, DemoShopOptions } from '../../../../demo/demo-shop.ts';
import { aBystander, type Bystander } from '../../../helpers/broker.ts';
import { aWorkplace, type DaemonProcess, startDaemon, type Workplace } from '../../../helpers/daemon-process.ts';
import { aFreePort } from '../../../helpers/free-port.ts';
import { aShop, shopEnv } from '../../../helpers/shop.ts';

export const OPERATOR_TOKEN = 'the-operators-token';
export const VIEWER_TOKEN = 'the-viewers-own-token';
export const TOKENS = { OPS_TOKEN: OPERATOR_TOKEN, OPS_VIEWER_TOKEN: VIEWER_TOKEN };

export interface RunningDashboard {
  /** Ends in a slash. */
  readonly url: string;
  readonly shop: DemoShop;
  readonly workplace: Workplace;
  readonly daemon: DaemonProcess;
  readonly bystander: Bystander;
  /** Publishes an event for this order, like the shop. */
  publish(orderNumber: unknown, event?: string): Promise<void>;
}

/** A real daemon with the dashboard on, on a shop, a broker and a database of its own. */
export async function aDashboard(
  shopOptions: DemoShopOptions = {},
  env: Record<string, string> = {},
): Promise<RunningDashboard> {
  const shop = await aShop(shopOptions);
  const port = await aFreePort();
  const workplace = aWorkplace({ ...shopEnv(shop), OPS_PORT: port, ...env });
  const daemon = startDaemon(workplace);
  const bystander = await aBystander();
  await daemon.ready();
  return {
    url: `http://127.0.0.1:${port}/`,
    shop,
    workplace,
    daemon,
    bystander,
    publish: (orderNumber, event = 'paid') =>
      bystander.publish(workplace.queue, JSON.stringify({ orderNumber, event }), {
        headers: { 'x-order-sync-published-at': Date.now() },
      }),
  };
}

/** The header with which a program signs in. */
export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}
