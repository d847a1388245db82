import Big from 'big.js';
import { expect, onTestFinished } from 'vitest';
import { SyncError } from '../../../src/errors.ts';
import type { Order } from '../../../src/orders/order.ts';
import type { ShopAdapterFactory, ShopClient } from '../../../src/shop/shop-client.ts';

export const neverAborted = new AbortController().signal;

/** A preset's client, closed after the test. */
export async function aClient(create: ShopAdapterFactory, env: Readonly<Record<string, string>>): Promise<ShopClient> {
  const client = await create({ env });
  onTestFinished(() => client.close?.());
  return client;
}

/** One order, fetched alone. */
export async function fetchOrder(client: ShopClient, reference: string): Promise<Order> {
  const result = (await client.fetchOrders([reference], neverAborted)).get(reference);
  if (result?.kind === 'failed') throw result.error;
  if (result?.kind !== 'order') throw new Error(`expected an order, found ${result?.kind}`);
  return result.order;
}

export async function failureOf(promise: Promise<unknown>): Promise<SyncError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SyncError)) throw new Error(`expected a SyncError, found ${String(error)}`);
  return error;
}

/** By the formulas of docs/order.md, to the cent. */
export function expectToAddUp({ lines, totals }: Order): void {
  const isIncluded = totals['taxIncluded'] === true;
  const adjustments = totals['adjustments'];
  const more = Array.isArray(adjustments) ? adjustments.map(({ amount }: { amount: string }) => amount) : [];
  const grand = total(totals.items, totals.shipping, isIncluded ? null : totals.tax, ...more).minus(
    totals.discount ?? 0,
  );
  expect(grand.toFixed(2)).toBe(new Big(totals.grand).toFixed(2));
  for (const line of lines) {
    const gross = new Big(line.unitPrice ?? 0).times(line.quantity);
    const sum = gross.minus(line.discount ?? 0).plus(isIncluded ? 0 : (line.tax ?? 0));
    if (line['unitPriceDerived'] !== true) expect(sum.toFixed(2)).toBe(new Big(line.lineTotal ?? 0).toFixed(2));
  }
}

function total(...amounts: readonly (string | null)[]): Big {
  return amounts.reduce<Big>((sum, amount) => sum.plus(amount ?? 0), new Big(0));
}
