import { z } from 'zod';
import type { Person } from '../people.ts';
import { ERROR, VendureApi } from './graphql.ts';
import type { Catalogue } from './settings.ts';

export interface Cart {
  readonly person: Person;
  readonly items: readonly (readonly [sku: string, quantity: number])[];
  readonly coupons?: readonly string[];
  /** @defaultValue standard-shipping */
  readonly shipping?: string;
  /** `invoice` is authorised and settled later. @defaultValue card */
  readonly payment?: 'card' | 'invoice';
  readonly isDeclinedFirst?: boolean;
  readonly currency?: string;
  readonly billing?: Person;
}

const withId = z.object({ id: z.string() });
const orderSchema = z.object({
  id: z.string(),
  payments: z.array(z.object({ id: z.string(), amount: z.number(), state: z.string() })),
  lines: z.array(z.object({ id: z.string(), quantity: z.number() })),
});
type Details = z.output<typeof orderSchema>;

/** Makes carts, orders and what happens to them, by the shop's own APIs alone. */
export class VendureOrders {
  readonly #admin: VendureApi;
  readonly #shopUrl: string;
  readonly #catalogue: Catalogue;

  constructor(admin: VendureApi, shopUrl: string, catalogue: Catalogue) {
    this.#admin = admin;
    this.#shopUrl = shopUrl;
    this.#catalogue = catalogue;
  }

  /** @returns the order's id */
  async place(cart: Cart): Promise<string> {
    const buyer = await this.fillCart(cart);
    const [shop, payment] = [buyer.api, cart.payment ?? 'card'];
    await shop.change(
      `mutation { transitionOrderToState(state: "ArrangingPayment") { ... on Order { id } ${ERROR} } }`,
    );
    const pay = (metadata: object) =>
      shop.change(`mutation($p: PaymentInput!) { addPaymentToOrder(input: $p) { ... on Order { id } ${ERROR} } }`, {
        p: { method: payment, metadata },
      });
    if (cart.isDeclinedFirst === true) await pay({ shouldDecline: true }).catch(() => undefined);
    await pay({});
    return buyer.orderId;
  }

  /** Up to the checkout, which is no order yet. */
  async fillCart({ person, items, coupons = [], shipping = 'standard-shipping', currency, billing }: Cart) {
    const api = new VendureApi(currency === undefined ? this.#shopUrl : `${this.#shopUrl}?currencyCode=${currency}`);
    let orderId = '';
    for (const [sku, quantity] of items) {
      const added = await api.ask(
        withId,
        `mutation($v: ID!, $q: Int!) { addItemToOrder(productVariantId: $v, quantity: $q) { ... on Order { id } ${ERROR} } }`,
        { v: this.#catalogue.variants.get(sku), q: quantity },
      );
      orderId = added.id;
    }
    const { firstName, lastName, phone } = person;
    const customer = { firstName, lastName, emailAddress: `buyer${orderId}@example.test`, phoneNumber: phone };
    await change(api, 'setCustomerForOrder', 'CreateCustomerInput', customer);
    await change(api, 'setOrderShippingAddress', 'CreateAddressInput', addressOf(person));
    if (billing !== undefined) await change(api, 'setOrderBillingAddress', 'CreateAddressInput', addressOf(billing));
    for (const coupon of coupons)
      await api.change(`mutation($c: String!) { applyCouponCode(couponCode: $c) { ... on Order { id } ${ERROR} } }`, {
        c: coupon,
      });
    await api.change(
      `mutation($s: [ID!]!) { setOrderShippingMethod(shippingMethodId: $s) { ... on Order { id } ${ERROR} } }`,
      { s: [this.#catalogue.shipping.get(shipping)] },
    );
    return { api, orderId };
  }

  async draft(): Promise<void> {
    await this.#admin.change('mutation { createDraftOrder { id } }');
  }

  async settle(id: string): Promise<void> {
    const payment = (await this.#get(id)).payments.at(-1);
    await this.#admin.change(`mutation($id: ID!) { settlePayment(id: $id) { ... on Payment { id } ${ERROR} } }`, {
      id: payment?.id,
    });
  }

  async cancel(id: string): Promise<void> {
    const i = { orderId: id, cancelShipping: true, reason: 'Kunde hat storniert' };
    await change(this.#admin, 'cancelOrder', 'CancelOrderInput', i);
  }

  /** Cancels that many pieces of the first line; all of them by default. */
  async cancelPieces(id: string, quantity?: number): Promise<void> {
    const [line] = (await this.#get(id)).lines;
    const lines = [{ orderLineId: line?.id, quantity: quantity ?? line?.quantity }];
    await change(this.#admin, 'cancelOrder', 'CancelOrderInput', {
      orderId: id,
      lines,
      cancelShipping: false,
      reason: '',
    });
  }

  /** @param amount in hundredths; everything by default. @param isPaidOut a refund is pending until the money has moved */
  async refund(id: string, amount?: number, isPaidOut = true): Promise<void> {
    const payment = (await this.#get(id)).payments.find(({ state }) => state === 'Settled');
    // Vendure 3.7 fails on `amount` alone: the older fields have to be there.
    const older = { lines: [], shipping: 0, adjustment: 0 };
    const refund = await this.#admin.ask(
      withId,
      `mutation($i: RefundOrderInput!) { refundOrder(input: $i) { ... on Refund { id } ${ERROR} } }`,
      { i: { paymentId: payment?.id, amount: amount ?? payment?.amount, ...older, reason: '退款' } },
    );
    if (!isPaidOut) return;
    await this.#admin.change(
      `mutation($i: SettleRefundInput!) { settleRefund(input: $i) { ... on Refund { id } ${ERROR} } }`,
      { i: { id: refund.id, transactionId: `RF-${refund.id}` } },
    );
  }

  /** Ships all lines, or the first one only. */
  async ship(id: string, options: { readonly firstLineOnly?: boolean; readonly isDelivered?: boolean } = {}) {
    const all = (await this.#get(id)).lines.map((line) => ({ orderLineId: line.id, quantity: line.quantity }));
    const handlerArguments = [
      { name: 'method', value: 'DHL' },
      { name: 'trackingCode', value: `JD0${id}` },
    ];
    const handler = { code: 'manual-fulfillment', arguments: handlerArguments };
    const fulfilment = await this.#admin.ask(
      withId,
      `mutation($i: FulfillOrderInput!) { addFulfillmentToOrder(input: $i) { ... on Fulfillment { id } ${ERROR} } }`,
      { i: { lines: options.firstLineOnly === true ? all.slice(0, 1) : all, handler } },
    );
    for (const state of options.isDelivered === true ? ['Shipped', 'Delivered'] : ['Shipped'])
      await this.#admin.change(
        `mutation($id: ID!, $s: String!) { transitionFulfillmentToState(id: $id, state: $s) { ... on Fulfillment { id } ${ERROR} } }`,
        { id: fulfilment.id, s: state },
      );
  }

  async toState(id: string, state: string): Promise<void> {
    await this.#admin.change(
      `mutation($id: ID!, $s: String!) { transitionOrderToState(id: $id, state: $s) { ... on Order { id } ${ERROR} } }`,
      { id, s: state },
    );
  }

  /** Changes an order that is placed; it stays in the state `Modifying`. */
  async modify(id: string, changes: { readonly add?: string; readonly surcharge?: number; readonly street?: string }) {
    await this.toState(id, 'Modifying');
    const { add, surcharge, street } = changes;
    const description = (surcharge ?? 0) < 0 ? 'Kulanz' : 'Geschenkverpackung';
    const extra = { description, sku: 'EXTRA', price: surcharge, priceIncludesTax: true, taxRate: 19 };
    await change(this.#admin, 'modifyOrder', 'ModifyOrderInput', {
      dryRun: false,
      orderId: id,
      ...(add === undefined
        ? {}
        : { addItems: [{ productVariantId: this.#catalogue.variants.get(add), quantity: 1 }] }),
      ...(surcharge === undefined ? {} : { surcharges: [extra] }),
      ...(street === undefined ? {} : { updateShippingAddress: { streetLine1: street } }),
      note: 'customer called',
    });
  }

  /** Pays what is missing by bank transfer. */
  async payRest(id: string): Promise<void> {
    const i = { orderId: id, method: 'bank-transfer', transactionId: `BT-${id}`, metadata: {} };
    await change(this.#admin, 'addManualPaymentToOrder', 'ManualPaymentInput', i);
    await this.toState(id, 'PaymentSettled');
  }

  #get(id: string): Promise<Details> {
    const query = 'query($id: ID!) { order(id: $id) { id payments { id amount state } lines { id quantity } } }';
    return this.#admin.ask(orderSchema, query, { id });
  }
}

async function change(api: VendureApi, mutation: string, type: string, input: object): Promise<void> {
  await api.change(`mutation($i: ${type}!) { ${mutation}(input: $i) { ... on Order { id } ${ERROR} } }`, { i: input });
}

function addressOf({ firstName, lastName, lines, country, postcode, phone, company, city, province }: Person) {
  const [streetLine1, streetLine2] = lines;
  const fullName = `${firstName} ${lastName}`;
  const named = { fullName, streetLine1, streetLine2, countryCode: country, postalCode: postcode, phoneNumber: phone };
  return { ...named, company, city, province };
}
