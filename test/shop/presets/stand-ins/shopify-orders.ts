import Big from 'big.js';

/** An amount in the shop's currency and in the buyer's, both as decimal text. */
export interface MoneyBag {
  readonly shopMoney: { readonly amount: string; readonly currencyCode: string };
  readonly presentmentMoney: { readonly amount: string; readonly currencyCode: string };
}

export interface LineSpec {
  readonly sku?: string | null;
  readonly name?: string;
  readonly quantity: number;
  /** What is left after refunds, returns and edits. @defaultValue all of it */
  readonly currentQuantity?: number;
  /** When the order was placed. @defaultValue `quantity` */
  readonly originalQuantity?: number;
  readonly unitPrice: string;
  /** Of all units ordered, removed ones included, as Shopify's allocations and tax lines are. */
  readonly discounts?: readonly string[];
  readonly taxes?: readonly string[];
  readonly requiresShipping?: boolean;
  /** A tip is a line item that counts in no subtotal. */
  readonly isTip?: boolean;
}

export interface TransactionSpec {
  readonly kind: string;
  readonly amount: string;
  readonly gateway?: string;
  readonly status?: string;
  readonly processedAt?: string;
}

export interface OrderSpec {
  readonly id: string;
  readonly name?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly lines?: readonly LineSpec[];
  readonly transactions?: readonly TransactionSpec[];
  readonly shipping?: string;
  readonly shippingTax?: string;
  readonly duties?: string;
  readonly fees?: string;
  readonly tip?: string;
  readonly refunded?: string;
  /** The total when the order was placed. @defaultValue the current one */
  readonly originalTotal?: string;
  readonly taxesIncluded?: boolean;
  /** How much of the buyer's currency one unit of the shop's is. */
  readonly presentment?: { readonly currency: string; readonly rate: number };
  /** Any field of the reply, as it is. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

const CURRENCY = 'USD';

/** An order as Shopify's API shows it: paid, unfulfilled, one line, unless told otherwise. All totals follow from the lines. */
export function aShopifyOrder(spec: OrderSpec) {
  const { id, lines = [{ quantity: 2, unitPrice: '20.00' }], taxesIncluded = false } = spec;
  const money = bagOf(spec.presentment);
  const kept = lines.filter(({ isTip }) => isTip !== true);
  const subtotal = total(kept.map((line) => share(line, lineSum(line)))).round(2);
  const taxes = kept.map((line) => share(line, total(line.taxes ?? [])));
  const tax = total([...taxes, new Big(spec.shippingTax ?? 0)]).round(2);
  const extras = [spec.shipping, spec.duties, spec.fees, spec.tip].map((amount) => new Big(amount ?? 0));
  const grand = total([subtotal, taxesIncluded ? new Big(0) : tax, ...extras]).toFixed(2);
  const { transactions = [{ kind: 'SALE', amount: grand }] } = spec;
  return {
    __typename: 'Order',
    id: `gid://shopify/Order/${id}`,
    legacyResourceId: id,
    name: spec.name ?? `#${id.slice(-4)}`,
    test: false,
    edited: false,
    closed: false,
    createdAt: spec.createdAt ?? '2026-11-22T08:00:00Z',
    processedAt: spec.createdAt ?? '2026-11-22T08:00:00Z',
    updatedAt: spec.updatedAt ?? '2026-11-22T08:00:05Z',
    cancelledAt: null,
    cancelReason: null,
    currencyCode: CURRENCY,
    presentmentCurrencyCode: spec.presentment?.currency ?? CURRENCY,
    taxesIncluded,
    dutiesIncluded: false,
    displayFinancialStatus: 'PAID',
    displayFulfillmentStatus: 'UNFULFILLED',
    fullyPaid: true,
    unpaid: false,
    requiresShipping: true,
    paymentGatewayNames: ['shopify_payments'],
    note: null,
    email: 'li@example.com',
    phone: null,
    customer: {
      __typename: 'Customer',
      id: 'gid://shopify/Customer/77',
      legacyResourceId: '77',
      displayName: 'Li Ming',
    },
    shippingAddress: {
      __typename: 'MailingAddress',
      id: 'gid://shopify/MailingAddress/5',
      name: 'Li Ming',
      company: null,
      phone: '+1 555 0100',
      address1: '8 Main Street',
      address2: 'Floor 2',
      city: 'Springfield',
      province: 'Illinois',
      provinceCode: 'IL',
      countryCodeV2: 'US',
      zip: '62701',
    },
    currentShippingPriceSet: money(spec.shipping ?? '0.00'),
    currentSubtotalPriceSet: money(subtotal.toFixed(2)),
    currentTotalAdditionalFeesSet: spec.fees === undefined ? null : money(spec.fees),
    currentTotalDutiesSet: spec.duties === undefined ? null : money(spec.duties),
    currentTotalPriceSet: money(grand),
    currentTotalTaxSet: money(tax.toFixed(2)),
    originalTotalPriceSet: money(spec.originalTotal ?? grand),
    totalRefundedSet: money(spec.refunded ?? '0.00'),
    totalTipReceivedSet: money(spec.tip ?? '0.00'),
    transactions: transactions.map((transaction, index) => aTransaction(transaction, `${id}${index}`, money)),
    lineItems: lines.map((line, index) => aLine(line, `${id}${index}`, money)),
    ...spec.fields,
  };
}

export type ShopifyOrder = ReturnType<typeof aShopifyOrder>;
type Money = (amount: string) => MoneyBag;

function aLine(spec: LineSpec, id: string, money: Money) {
  const { sku = 'TEA-LJ-250', name = 'Longjing tea', quantity, requiresShipping = true } = spec;
  return {
    __typename: 'LineItem',
    id: `gid://shopify/LineItem/${id}`,
    name,
    title: name,
    sku,
    quantity,
    currentQuantity: spec.currentQuantity ?? quantity,
    unfulfilledQuantity: spec.currentQuantity ?? quantity,
    nonFulfillableQuantity: 0,
    requiresShipping,
    isGiftCard: false,
    originalUnitPriceSet: money(spec.unitPrice),
    originalTotalSet: money(new Big(spec.unitPrice).times(spec.originalQuantity ?? quantity).toFixed(2)),
    discountAllocations: (spec.discounts ?? []).map((amount) => ({ allocatedAmountSet: money(amount) })),
    taxLines: (spec.taxes ?? []).map((amount) => ({ title: 'VAT', rate: 0.2, priceSet: money(amount) })),
    // Null for a custom line, and once the product is deleted.
    variant: null,
    product: null,
  };
}

function aTransaction(spec: TransactionSpec, id: string, money: Money) {
  const { kind, amount, gateway = 'shopify_payments', status = 'SUCCESS' } = spec;
  const processedAt = spec.processedAt ?? '2026-11-22T08:00:04Z';
  return {
    __typename: 'OrderTransaction',
    id: `gid://shopify/OrderTransaction/${id}`,
    kind,
    status,
    gateway,
    formattedGateway: gateway,
    amountSet: money(amount),
    processedAt,
    createdAt: processedAt,
    test: false,
    paymentId: `pay-${id}`,
    manualPaymentGateway: false,
  };
}

function bagOf(presentment: OrderSpec['presentment']): Money {
  const { currency, rate } = presentment ?? { currency: CURRENCY, rate: 1 };
  return (amount) => ({
    shopMoney: { amount, currencyCode: CURRENCY },
    presentmentMoney: { amount: new Big(amount).times(rate).toFixed(2), currencyCode: currency },
  });
}

function lineSum({ unitPrice, quantity, discounts = [] }: LineSpec): Big {
  return new Big(unitPrice).times(quantity).minus(total(discounts));
}

/** The part of an amount that stands for the units that are left. */
function share({ quantity, currentQuantity = quantity }: LineSpec, amount: Big): Big {
  return amount.times(currentQuantity).div(quantity);
}

function total(amounts: readonly (Big | string)[]): Big {
  return amounts.reduce<Big>((sum, amount) => sum.plus(amount), new Big(0));
}
