export interface ItemSpec {
  readonly sku: string;
  readonly quantity: number;
  /** Net, for one. */
  readonly price: number;
  readonly discount?: number;
  readonly tax?: number;
  /** The tax in a discount, where catalogue prices contain tax: the tax that falls away with it. */
  readonly compensation?: number;
  readonly canceled?: number;
  readonly refunded?: number;
  readonly shipped?: number;
  readonly type?: 'simple' | 'configurable' | 'bundle' | 'virtual' | 'downloadable';
  /** The place of the parent's row among the items. */
  readonly parent?: number;
  /** Where it is not price × quantity, because the price was rounded. */
  readonly rowTotal?: number;
}

export interface MagentoOrderSpec {
  readonly id: number;
  readonly number?: string;
  readonly state?: string;
  readonly status?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly items?: readonly ItemSpec[];
  readonly shipping?: number;
  readonly shippingTax?: number;
  readonly shippingDiscount?: number;
  readonly shippingCompensation?: number;
  /** Added to the grand total, and told in the extension attributes alone; negative for gift cards and store credit. */
  readonly extras?: Readonly<Record<string, number>>;
  /** How extension attributes tell them. @defaultValue as they are in extras, with their sign turned when negative */
  readonly paid?: number;
  readonly refunded?: number;
  readonly canceled?: number;
  readonly method?: string;
  /** Units of the buyer's currency for one of the shop's. */
  readonly rate?: number;
  readonly isVirtual?: boolean;
  /** Any field of the reply, as it is; null leaves it out, as Magento does. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** An order as Magento's REST API shows it: paid, being processed, one row, unless told otherwise. Totals follow from the rows. */
export function aMagentoOrder(spec: MagentoOrderSpec) {
  const {
    id,
    items = [{ sku: 'TEA-LJ-250', quantity: 2, price: 20 }],
    rate = 1,
    extras = {},
    isVirtual = false,
  } = spec;
  const own = items.filter(({ parent }) => parent === undefined);
  const subtotal = sum(own.map(rowTotal));
  const tax = sum([...own.map((item) => item.tax ?? 0), spec.shippingTax ?? 0]);
  const discount = sum([...own.map((item) => item.discount ?? 0), spec.shippingDiscount ?? 0]);
  const compensation = sum(own.map((item) => item.compensation ?? 0));
  const shipping = spec.shipping ?? 0;
  const grand = sum([
    subtotal,
    shipping,
    tax,
    -discount,
    compensation,
    spec.shippingCompensation ?? 0,
    ...Object.values(extras),
  ]);
  const { paid = grand, canceled } = spec;
  const both = (name: string, amount: number | undefined) => ({
    [`base_${name}`]: amount,
    [name]: amount === undefined ? undefined : cents(amount * rate),
  });
  const rows = items.map((item, index) => aRow(item, id * 100 + index, id * 100, both));
  return {
    entity_id: id,
    increment_id: spec.number ?? String(id).padStart(9, '0'),
    state: spec.state ?? 'processing',
    status: spec.status ?? spec.state ?? 'processing',
    base_currency_code: 'USD',
    order_currency_code: rate === 1 ? 'USD' : 'EUR',
    created_at: spec.createdAt ?? '2026-11-22 08:00:00',
    updated_at: spec.updatedAt ?? '2026-11-22 08:00:05',
    is_virtual: Number(isVirtual),
    customer_id: 77,
    customer_is_guest: 0,
    customer_firstname: 'Ming',
    customer_lastname: 'Li',
    customer_email: 'li@example.com',
    ...both('subtotal', subtotal),
    ...both('shipping_amount', shipping),
    ...both('tax_amount', tax),
    ...both('discount_amount', discount === 0 ? 0 : -discount),
    ...both('discount_tax_compensation_amount', compensation),
    base_shipping_discount_tax_compensation_amnt: spec.shippingCompensation,
    ...both('grand_total', grand),
    ...both('total_paid', paid === 0 ? undefined : paid),
    ...both('total_due', cents(grand - paid)),
    ...both('total_refunded', spec.refunded),
    ...both('total_canceled', canceled),
    items: rows,
    billing_address: { ...ADDRESS, address_type: 'billing' },
    payment: {
      method: spec.method ?? 'checkmo',
      last_trans_id: 'txn-1',
      ...both('amount_ordered', grand),
      ...both('amount_paid', paid === 0 ? undefined : paid),
      additional_information: ['Check / Money order'],
    },
    extension_attributes: {
      shipping_assignments: isVirtual
        ? [{ shipping: { total: {} }, items: rows }]
        : [
            {
              shipping: { address: { ...ADDRESS, address_type: 'shipping' }, method: 'flatrate_flatrate' },
              items: rows,
            },
          ],
      ...Object.fromEntries(Object.entries(extras).map(([name, amount]) => [name, Math.abs(amount)])),
    },
    ...spec.fields,
  };
}

export type MagentoOrder = ReturnType<typeof aMagentoOrder>;

const ADDRESS = {
  entity_id: 11,
  firstname: 'Ming',
  lastname: 'Li',
  email: 'li@example.com',
  telephone: '+1 555 0100',
  street: ['8 Main Street', 'Floor 2'],
  city: 'Springfield',
  region: 'Illinois',
  region_code: 'IL',
  postcode: '62701',
  country_id: 'US',
};

function aRow(item: ItemSpec, id: number, firstId: number, both: (name: string, amount: number | undefined) => object) {
  const { sku, quantity, price, type = 'simple', parent } = item;
  return {
    item_id: id,
    parent_item_id: parent === undefined ? undefined : firstId + parent,
    product_type: type,
    sku,
    name: `Product ${sku}`,
    is_virtual: Number(type === 'virtual' || type === 'downloadable'),
    qty_ordered: quantity,
    qty_canceled: item.canceled ?? 0,
    qty_refunded: item.refunded ?? 0,
    qty_shipped: item.shipped ?? 0,
    ...both('price', price),
    ...both('row_total', rowTotal(item)),
    ...both('discount_amount', item.discount ?? 0),
    ...both('tax_amount', item.tax ?? 0),
    ...both('discount_tax_compensation_amount', item.compensation),
  };
}

function rowTotal({ rowTotal, price, quantity }: ItemSpec): number {
  return rowTotal ?? cents(price * quantity);
}

function sum(amounts: readonly number[]): number {
  return cents(amounts.reduce((total, amount) => total + amount, 0));
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}
