import type { OrderDocument } from '../demo/orders/make-orders.ts';

interface Product {
  readonly name: string;
  /** In cents, with 19 % tax in it. */
  readonly gross: number;
}

/** What setup.py has put into Tryton. */
const PRODUCTS: Readonly<Record<string, Product>> = {
  'NB-A5': { name: 'Linen notebook A5', gross: 1295 },
  'PEN-EF': { name: 'Fountain pen EF', gross: 4990 },
  'CUP-青花-01': { name: '青花瓷茶杯', gross: 8800 },
  'DESK-OAK': { name: 'Standing desk oak', gross: 129900 },
  'STK-0': { name: 'Sticker', gross: 0 },
};

const ADDRESSES = [
  { recipient: 'Jürgen Groß', country: 'DE', city: 'Köln', lines: ['Große Straße 8', 'Hinterhaus'], postcode: '50667' },
  { recipient: '王小明', country: 'CN', city: '杭州市', lines: ['文三路 1 号 2 幢 301'], postcode: '310000' },
  {
    recipient: 'Ana % _ \\ O’Neil',
    country: 'FR',
    city: 'Saint-Étienne',
    lines: ['1 rue "Saint-Jean"'],
    postcode: '42000',
  },
];

export interface Plan {
  readonly status?: OrderDocument['status'];
  /** SKU → pieces. */
  readonly items?: Readonly<Record<string, number>>;
  /** In cents, with the tax in it. */
  readonly shipping?: number;
  /** Off the order as a whole, in cents. */
  readonly discount?: number;
  /** Paid with it, in cents. */
  readonly giftCard?: number;
  readonly isUntaxed?: boolean;
  readonly currency?: string;
  /** Which of the addresses; null for digital goods. */
  readonly address?: number | null;
}

let clock = Date.now() - 3_600_000;

/** An order as its shop would send it. Each version is a second younger than the one before. */
export function anOrder(number: string, plan: Plan = {}): OrderDocument {
  const {
    status = 'paid',
    items = { 'NB-A5': 2 },
    shipping = 490,
    discount = 0,
    giftCard = 0,
    currency = 'EUR',
  } = plan;
  const taxOf = (gross: number) => (plan.isUntaxed ? 0 : Math.round((gross * 19) / 119));
  const lines = Object.entries(items).map(([sku, quantity], index) => lineOf({ sku, quantity, index, taxOf }));
  const sum = lines.reduce((total, { cents }) => total + cents, 0);
  const tax = lines.reduce((total, line) => total + line.taxCents, taxOf(shipping) - taxOf(discount));
  clock += 1_000;
  return {
    orderNumber: number,
    shopOrderId: `id-${number}`,
    status,
    currency,
    placedAt: '2026-11-22T08:00:00Z',
    paidAt: status === 'pending' ? null : '2026-11-22T08:00:04Z',
    cancelledAt: status === 'cancelled' ? new Date(clock).toISOString() : null,
    updatedAt: new Date(clock).toISOString(),
    cancelReason: null,
    buyer: { id: `u-${number}`, name: 'Somebody', email: 'somebody@example.com', phone: null },
    shippingAddress: addressOf(plan.address === undefined ? 0 : plan.address),
    lines: lines.map(({ cents: _, taxCents: __, ...line }) => line),
    totals: {
      items: amount(sum),
      shipping: amount(shipping),
      tax: amount(tax),
      discount: amount(discount),
      refunded: '0.00',
      grand: amount(sum + shipping - discount - giftCard),
      taxIncluded: true,
      ...(giftCard > 0 && { adjustments: [{ kind: 'gift_card', label: 'Gift card', amount: amount(-giftCard) }] }),
    },
    payments: [],
    buyerNote: `Note of ${number}`,
  };
}

interface Item {
  readonly sku: string;
  readonly quantity: number;
  readonly index: number;
  readonly taxOf: (gross: number) => number;
}

function lineOf({ sku, quantity, index, taxOf }: Item) {
  const { name, gross } = PRODUCTS[sku] ?? { name: `Unknown ${sku}`, gross: 100 };
  const cents = gross * quantity;
  const taxCents = taxOf(cents);
  const amounts = { unitPrice: amount(gross), discount: '0.00', tax: amount(taxCents), lineTotal: amount(cents) };
  return { lineId: String(index + 1), sku, name, quantity, ...amounts, cents, taxCents };
}

function addressOf(place: number | null) {
  const address = place === null ? undefined : ADDRESSES[place];
  return address === undefined ? null : { ...address, phone: '+49 221 000000', province: null, district: null };
}

function amount(cents: number): string {
  return (cents / 100).toFixed(2);
}
