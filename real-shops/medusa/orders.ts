import { z } from 'zod';
import type { Person } from '../people.ts';
import { MedusaApi } from './api.ts';
import type { Catalogue } from './settings.ts';

export interface Cart {
  readonly person: Person;
  readonly items: readonly (readonly [sku: string, quantity: number])[];
  readonly coupons?: readonly string[];
  /** @defaultValue Standard */
  readonly shipping?: string;
  readonly billing?: Person;
}

const cartSchema = z.object({ cart: z.object({ id: z.string() }) });
const paymentCollection = z.object({ payment_collection: z.object({ id: z.string() }) });
const orderSchema = z.object({
  id: z.string(),
  total: z.number(),
  items: z.array(z.object({ id: z.string(), quantity: z.number() })),
  summary: z.object({ pending_difference: z.number() }),
  payment_collections: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      payments: z.array(z.object({ id: z.string(), amount: z.number() })).default([]),
    }),
  ),
});
type Details = z.output<typeof orderSchema>;

/** Makes carts, orders and what happens to them, by the shop's own APIs alone. */
export class MedusaOrders {
  readonly #admin: MedusaApi;
  readonly #store: MedusaApi;
  readonly #catalogue: Catalogue;

  constructor(admin: MedusaApi, baseUrl: string, catalogue: Catalogue) {
    this.#admin = admin;
    this.#store = new MedusaApi(baseUrl, { 'x-publishable-api-key': catalogue.publishableKey });
    this.#catalogue = catalogue;
  }

  /** Places an order, whose payment is authorised. @returns its id */
  async place(cart: Cart): Promise<string> {
    const cartId = await this.fillCart(cart);
    const path = '/store/payment-collections';
    const { payment_collection } = await this.#store.post(paymentCollection, path, { cart_id: cartId });
    const provider_id = 'pp_system_default';
    await this.#store.change(`${path}/${payment_collection.id}/payment-sessions`, { provider_id });
    const placed = z.object({ order: z.object({ id: z.string() }) });
    const { order } = await this.#store.post(placed, `/store/carts/${cartId}/complete`);
    return order.id;
  }

  /** Up to the payment, which is no order yet. @returns the cart's id */
  async fillCart({ person, items, coupons = [], shipping = 'Standard', billing = person }: Cart): Promise<string> {
    const { cart } = await this.#store.post(cartSchema, '/store/carts', {
      region_id: this.#catalogue.regions.get(person.country.toLowerCase()),
      email: `${Math.random().toString(36).slice(2)}@example.test`,
      shipping_address: addressOf(person),
      billing_address: addressOf(billing),
    });
    const path = `/store/carts/${cart.id}`;
    for (const [sku, quantity] of items)
      await this.#store.change(`${path}/line-items`, { variant_id: this.#catalogue.variants.get(sku), quantity });
    if (coupons.length > 0) await this.#store.change(`${path}/promotions`, { promo_codes: coupons });
    await this.#store.change(`${path}/shipping-methods`, { option_id: this.#catalogue.shipping.get(shipping) });
    return cart.id;
  }

  async draft(): Promise<void> {
    const region_id = this.#catalogue.regions.get('de');
    await this.#admin.change('/admin/draft-orders', { region_id, email: 'draft@example.test' });
  }

  /** Captures the payment: that is when the order is paid. @param share of it, everything by default */
  async capture(id: string, share = 1): Promise<void> {
    const payment = paymentOf(await this.#get(id));
    const amount = Number((payment.amount * share).toFixed(2));
    await this.#admin.change(`/admin/payments/${payment.id}/capture`, share === 1 ? {} : { amount });
  }

  /** @param amount everything by default */
  async refund(id: string, amount?: number): Promise<void> {
    const payment = paymentOf(await this.#get(id));
    const body = { amount: amount ?? payment.amount, note: '退款' };
    await this.#admin.change(`/admin/payments/${payment.id}/refund`, body);
  }

  async cancel(id: string): Promise<void> {
    await this.#admin.change(`/admin/orders/${id}/cancel`);
  }

  /** Packs all lines, or the first one only. */
  async pack(id: string, { firstLineOnly = false } = {}): Promise<void> {
    const { items } = await this.#get(id);
    const packed = items
      .slice(0, firstLineOnly ? 1 : undefined)
      .map((item) => ({ id: item.id, quantity: item.quantity }));
    const body = { location_id: this.#catalogue.location, items: packed };
    await this.#admin.change(`/admin/orders/${id}/fulfillments`, body);
  }

  async ship(id: string, { isDelivered = false } = {}): Promise<void> {
    await this.pack(id);
    const { items } = await this.#get(id);
    const fulfilments = z.object({ order: z.object({ fulfillments: z.array(z.object({ id: z.string() })) }) });
    const { order } = await this.#admin.get(fulfilments, `/admin/orders/${id}?fields=*fulfillments`);
    const path = `/admin/orders/${id}/fulfillments/${order.fulfillments.at(0)?.id}`;
    const labels = [{ tracking_number: 'JD014', tracking_url: 'https://example.test/t', label_url: '#' }];
    const shipped = items.map((item) => ({ id: item.id, quantity: item.quantity }));
    await this.#admin.change(`${path}/shipments`, { items: shipped, labels });
    if (isDelivered) await this.#admin.change(`${path}/mark-as-delivered`);
  }

  async complete(id: string): Promise<void> {
    await this.#admin.change(`/admin/orders/${id}/complete`);
  }

  /** Changes the quantity of the first line, which may be 0. */
  async edit(id: string, change: (quantity: number) => number): Promise<void> {
    const [item] = (await this.#get(id)).items;
    const path = `/admin/order-edits/${id}`;
    await this.#admin.change('/admin/order-edits', { order_id: id });
    await this.#admin.change(`${path}/items/item/${item?.id}`, { quantity: change(item?.quantity ?? 0) });
    await this.#admin.change(`${path}/request`);
    await this.#admin.change(`${path}/confirm`);
  }

  /** What an edit made the order more expensive by, paid by other means. */
  async payRest(id: string): Promise<void> {
    const { payment_collections: known, summary } = await this.#get(id);
    const open = known.find(({ status }) => status === 'not_paid')?.id;
    const collection =
      open ??
      (
        await this.#admin.post(paymentCollection, '/admin/payment-collections', {
          order_id: id,
          amount: summary.pending_difference,
        })
      ).payment_collection.id;
    await this.#admin.change(`/admin/payment-collections/${collection}/mark-as-paid`, { order_id: id });
  }

  async moveTo(id: string, person: Person): Promise<void> {
    const { country_code: _country, ...address } = addressOf(person);
    await this.#admin.change(`/admin/orders/${id}`, { shipping_address: address });
  }

  async #get(id: string): Promise<Details> {
    return (await this.#admin.get(z.object({ order: orderSchema }), `/admin/orders/${id}`)).order;
  }
}

function paymentOf({ id, payment_collections: collections }: Details): { id: string; amount: number } {
  const [payment] = collections.flatMap(({ payments }) => payments);
  if (payment === undefined) throw new Error(`Order ${id} has no payment.`);
  return payment;
}

function addressOf({ firstName, lastName, company, lines, city, province, postcode, country, phone }: Person) {
  return {
    first_name: firstName,
    last_name: lastName,
    company,
    address_1: lines[0],
    address_2: lines[1],
    city,
    province,
    postal_code: postcode,
    country_code: country.toLowerCase(),
    phone,
  };
}
