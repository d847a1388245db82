import type { SinkDelivery, SinkResult } from '../../../internal-system/sink/order-sink.ts';
import { type Order, parseOrder } from '../../../orders/order.ts';

/** What the test orders are made of. */
export interface Recipe {
  readonly shop: string;
  /** Part of every order number, so that each run has orders of its own. */
  readonly run: string;
  /** A product that the ERP has. */
  readonly sku: string;
  readonly currency: string;
  readonly startedAt: Date;
}

/** Everything in the ERP that begins like this may be deleted. */
export const TEST_PREFIX = 'ORDER-SYNC-TEST';

/** An order that is made up, and what the ledger would know of its delivery. */
export class TestOrder {
  readonly versions: Order[] = [];
  previous: SinkDelivery['previous'];
  /** An upsert began, and nobody knows how it ended. */
  isUncertain = false;
  /** Every id that the ERP said the order has. */
  readonly erpIds = new Set<string>();
  readonly index: number;
  readonly #recipe: Recipe;

  constructor(recipe: Recipe, index: number) {
    this.#recipe = recipe;
    this.index = index;
    this.change();
  }

  get number(): string {
    return `${TEST_PREFIX}-${this.#recipe.run}-${this.index}`;
  }

  /** The newest version. */
  get order(): Order {
    const order = this.versions.at(-1);
    if (order === undefined) throw new Error('expected a version');
    return order;
  }

  /** One piece more is ordered, or everything is cancelled. */
  change(status: 'paid' | 'cancelled' = 'paid'): this {
    this.versions.push(versionOf(this.#recipe, this.number, this.index, this.versions.length + 1, status));
    return this;
  }

  /** The delivery of the newest version, as the ledger would make it. */
  delivery(): SinkDelivery {
    const { order, previous, isUncertain: uncertain, versions } = this;
    const { shop } = this.#recipe;
    return { key: `${shop}/${order.shopOrderId}`, shop, order, revision: versions.length, previous, uncertain };
  }

  delivered({ erpId = null }: { readonly erpId?: SinkResult['erpId'] | null }): void {
    if (erpId !== null) this.erpIds.add(erpId);
    this.previous = { order: this.order, revision: this.versions.length, erpId };
    this.isUncertain = false;
  }
}

function versionOf(
  { sku, currency, startedAt }: Recipe,
  orderNumber: string,
  index: number,
  quantity: number,
  status: 'paid' | 'cancelled',
): Order {
  const at = (seconds: number) => new Date(startedAt.getTime() + seconds * 1000).toISOString();
  // Cents of every kind: 10.99, 11.36, 11.73 …
  const cents = 1_099 + 37 * (index % 1_000);
  const total = amount(cents * quantity);
  const unpaid = { shipping: '0.00', tax: '0.00', discount: '0.00', refunded: '0.00' };
  const line = { lineId: '1', sku, name: 'Order-sync test', quantity, unitPrice: amount(cents), lineTotal: total };
  const parsed = parseOrder({
    orderNumber,
    shopOrderId: orderNumber.toLowerCase(),
    status,
    currency,
    placedAt: at(0),
    paidAt: at(1),
    cancelledAt: status === 'cancelled' ? at(quantity + 1) : null,
    updatedAt: at(quantity + 1),
    cancelReason: status === 'cancelled' ? 'test' : null,
    buyer: { id: 'test', name: 'Order-sync Test', email: 'test@example.com', phone: '+86 138 0000 0000' },
    shippingAddress: ADDRESS,
    lines: [{ ...line, discount: '0.00', tax: '0.00' }],
    totals: { items: total, ...unpaid, grand: total },
    payments: [{ method: 'test', transactionId: orderNumber, amount: total, paidAt: at(1) }],
    buyerNote: 'A test order of order-sync: do not ship.',
  });
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.order;
}

const ADDRESS = {
  recipient: 'Order-sync Test',
  phone: '+86 138 0000 0000',
  country: 'CN',
  province: '浙江省',
  city: '杭州市',
  district: '西湖区',
  lines: ['Do not ship'],
  postcode: '310000',
};

function amount(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}
