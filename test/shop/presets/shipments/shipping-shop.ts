import type { ShopAdapterFactory, ShopClient } from '../../../../src/shop/shop-client.ts';
import { type Answer, aServer, type Received } from '../../toolkit/a-server.ts';
import { aClient } from '../clients.ts';

/** An order of two lines: 2 of TEA (11) and 1 of CUP (12). */
export const ORDERED = [
  { id: '11', sku: 'TEA', quantity: 2 },
  { id: '12', sku: 'CUP', quantity: 1 },
];

/** As a shop keeps it, whatever its API looks like. */
export interface Kept {
  id: string;
  ours: string;
  carrier: string | null;
  number: string | null;
  url: string | null;
  lines: { id: string; quantity: number }[];
  isShipped: boolean;
}

/** What a stand-in for a shop's API is, and what may happen to it. */
export class ShippingShop {
  isCancelled = false;
  mayWrite = true;
  /** The next requests that change something arrive, and their replies are lost. */
  lost = 0;
  readonly kept: Kept[] = [];
  readonly writes: unknown[] = [];

  /** @throws Error as a connection that breaks, once what was asked is done */
  change(what: unknown, work: () => Answer): Answer {
    this.writes.push(what);
    const answer = work();
    if (this.lost === 0) return answer;
    this.lost -= 1;
    throw new Error('lost');
  }

  left(id: string): number {
    const shipped = this.kept.flatMap(({ lines }) => lines).filter((line) => line.id === id);
    const ordered = ORDERED.find((line) => line.id === id)?.quantity ?? 0;
    return shipped.reduce((rest, { quantity }) => rest - quantity, ordered);
  }

  /** What was shipped, in one form for all shops. */
  get parcels() {
    return this.kept
      .filter(({ isShipped }) => isShipped)
      .map(({ number, lines }) => ({ number, lines: lines.map(({ id, quantity }) => `${quantity} × ${id}`) }));
  }
}

export interface Started {
  readonly shop: ShippingShop;
  readonly client: ShopClient;
  readonly shopOrderId: string;
}

export async function started(
  create: ShopAdapterFactory,
  env: Readonly<Record<string, string>>,
  shopOrderId: string,
  answer: (shop: ShippingShop, request: Received) => Answer | Promise<Answer>,
): Promise<Started> {
  const shop = new ShippingShop();
  const { url } = await aServer((request) => answer(shop, request));
  return { shop, client: await aClient(create, { SHOP_BASE_URL: url, ...env }), shopOrderId };
}
