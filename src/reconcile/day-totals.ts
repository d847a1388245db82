import Big from 'big.js';
import type { StoredContent } from '../internal-system/reconciliation-store.ts';
import { amountText } from '../orders/money.ts';
import type { Order } from '../orders/order.ts';

/** The orders placed on one day (UTC) in one currency, on each side. Totals are exact decimals. */
export interface DayTotals {
  readonly day: string;
  readonly currency: string;
  readonly shop: SideTotals;
  readonly internalSystem: SideTotals;
}

export interface SideTotals {
  readonly orders: number;
  readonly total: string;
}

interface Sum {
  orders: number;
  total: Big;
}

/** Adds up both sides of each compared order, so that a person can see that they agree. */
export class DayTotalsCounter {
  readonly #sums = new Map<string, { readonly shop: Sum; readonly internalSystem: Sum }>();

  add({ placedAt, currency, totals }: Order, stored: StoredContent | undefined): void {
    count(this.#sumsOf(placedAt, currency).shop, totals.grand);
    if (stored === undefined) return;
    count(this.#sumsOf(stored.placedAt, stored.currency).internalSystem, stored.grandTotal);
  }

  /** By day, then currency. */
  list(): DayTotals[] {
    return [...this.#sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { shop, internalSystem }]) => {
        const [day = '', currency = ''] = key.split(' ');
        return { day, currency, shop: asText(shop, currency), internalSystem: asText(internalSystem, currency) };
      });
  }

  #sumsOf(placedAt: string, currency: string) {
    const key = `${placedAt.slice(0, 10)} ${currency}`;
    const known = this.#sums.get(key);
    if (known !== undefined) return known;
    const sums = { shop: { orders: 0, total: new Big(0) }, internalSystem: { orders: 0, total: new Big(0) } };
    this.#sums.set(key, sums);
    return sums;
  }
}

function count(sum: Sum, amount: string): void {
  sum.orders += 1;
  sum.total = sum.total.plus(amount);
}

function asText({ orders, total }: Sum, currency: string): SideTotals {
  return { orders, total: amountText(total, currency) };
}
