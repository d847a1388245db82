import type { z } from 'zod';
import type { Snapshot } from '../../src/internal-system/internal-system.ts';
import type { EventInfo } from '../../src/internal-system/ledger.ts';
import { type Order, orderSchema } from '../../src/orders/order.ts';

/** An order as the shop API sends it. */
export type OrderDocument = z.input<typeof orderSchema>;

/** A paid order of two lines, as the shop API sends it. `shopOrderId` is derived from `orderNumber` unless given. */
export function anOrderDocument(overrides: Partial<OrderDocument> = {}): OrderDocument {
  const orderNumber = overrides.orderNumber ?? '20261122000123456789';
  return {
    orderNumber,
    shopOrderId: `id-${orderNumber}`,
    status: 'paid',
    currency: 'CNY',
    placedAt: '2026-11-22T08:00:00Z',
    paidAt: '2026-11-22T08:00:04Z',
    cancelledAt: null,
    updatedAt: '2026-11-22T08:00:05.120Z',
    cancelReason: null,
    buyer: { id: 'u-5512', name: '王小明', email: 'xiaoming@example.com', phone: '+86 138 0000 0000' },
    shippingAddress: anAddress(),
    lines: [
      aLine(),
      aLine({
        lineId: '2',
        sku: 'CUP-01',
        name: 'Glass cup “Śląsk” 🍵',
        quantity: 1,
        unitPrice: '9.60',
        discount: '0.00',
        lineTotal: '9.60',
      }),
    ],
    totals: { items: '119.40', shipping: '10.00', tax: '0.00', discount: '0.00', refunded: '0.00', grand: '129.40' },
    payments: [
      { method: 'alipay', transactionId: '2026112222001400001', amount: '129.40', paidAt: '2026-11-22T08:00:04Z' },
    ],
    buyerNote: '请周末送货',
    ...overrides,
  };
}

type Address = NonNullable<Order['shippingAddress']>;

export function anAddress(overrides: Partial<Address> = {}): Address {
  return {
    recipient: '王小明',
    phone: '+86 138 0000 0000',
    country: 'CN',
    province: '浙江省',
    city: '杭州市',
    district: '西湖区',
    lines: ['文三路 1 号 2 幢 301'],
    postcode: '310000',
    ...overrides,
  };
}

type LineDocument = OrderDocument['lines'][number];

/** One order line as the shop API sends it. */
export function aLine(overrides: Partial<LineDocument> = {}): LineDocument {
  return {
    lineId: '1',
    sku: 'TEA-LJ-250',
    name: '龙井茶 250g',
    quantity: 2,
    unitPrice: '59.90',
    discount: '10.00',
    tax: '0.00',
    lineTotal: '109.80',
    ...overrides,
  };
}

/** The canonical order, parsed as the daemon parses it. */
export function anOrder(overrides: Partial<OrderDocument> = {}): Order {
  return orderSchema.parse(anOrderDocument(overrides));
}

interface SnapshotOverrides {
  readonly order?: Partial<OrderDocument>;
  /** A second after the order's `updatedAt` unless given. */
  readonly fetchedAt?: Date;
  readonly eventInfo?: Partial<EventInfo>;
  readonly seen?: string | undefined;
}

/** An order fetched for a `paid` event that named it by its number. */
export function aSnapshot(overrides: SnapshotOverrides = {}): Snapshot {
  const order = anOrder(overrides.order);
  const fetchedAt = overrides.fetchedAt ?? new Date(Date.parse(order.updatedAt) + 1000);
  return {
    order,
    fetchedAt,
    eventInfo: {
      reference: order.orderNumber,
      event: 'paid',
      attempt: 1,
      receivedAt: new Date(fetchedAt.getTime() - 200),
      ...overrides.eventInfo,
    },
    ...(overrides.seen === undefined ? {} : { seen: overrides.seen }),
  };
}
