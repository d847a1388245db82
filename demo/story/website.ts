import type { FailureReason, RabbitMQ } from '../../src/index.ts';
import type { DemoShop } from '../demo-shop.ts';
import { cancelledEvent, type EventFormat, paidEvent, paidEventOfMany, updatedEvent } from '../orders/events.ts';
import { cancelled, makeDemoOrder, type OrderDocument, partlyRefunded, unpaid } from '../orders/make-orders.ts';
import type { Fault } from '../shop/faults.ts';

/** The fault of the shop's first reply for an order, of the second, and so on; undefined means none. */
export type Trouble = readonly (Fault | undefined)[];

export interface PublishedEvent {
  /** As it went to the broker. */
  readonly text: string;
  /** Null when the event is not about an existing order. */
  readonly orderNumber: string | null;
  readonly at: Date;
}

export interface ExpectedDeadLetter {
  readonly text: string;
  readonly reason: FailureReason;
  /** The order that the event names; null when it names none. */
  readonly reference: string | null;
}

export interface PlaceOptions {
  readonly trouble?: Trouble;
  /** True when something will delay the order, so that its latency means little. @defaultValue whether there is trouble */
  readonly isDisturbed?: boolean;
}

/**
 * The shop's website: takes orders, changes them, and publishes an event each time. It keeps a record, which the demo
 * compares with the internal system at the end.
 */
export class DemoWebsite {
  readonly published: PublishedEvent[] = [];
  readonly expectedDeadLetters: ExpectedDeadLetter[] = [];
  readonly cancelled = new Set<string>();
  readonly #shop: DemoShop;
  readonly #rabbit: RabbitMQ;
  readonly #onPublish: (text: string) => void;
  readonly #trouble = new Map<string, Trouble>();
  /** Orders that something will delay. */
  readonly #disturbed = new Set<string>();
  #nextIndex = 0;

  constructor(shop: DemoShop, rabbit: RabbitMQ, onPublish: (text: string) => void) {
    this.#shop = shop;
    this.#rabbit = rabbit;
    this.#onPublish = onPublish;
    shop.setFaults(({ references, attempt }) => {
      return references.map((reference) => this.#trouble.get(reference)?.[attempt - 1]).find(Boolean);
    });
  }

  /** The orders with a published event, as the shop has them now. */
  get orders(): OrderDocument[] {
    const numbers = new Set(this.published.map(({ orderNumber }) => orderNumber));
    return [...numbers].flatMap((number) => (number === null ? [] : (this.#shop.get(number) ?? [])));
  }

  /** Orders with a single event that nothing delays. */
  get undisturbed(): string[] {
    const events = Map.groupBy(this.published, ({ orderNumber }) => orderNumber);
    return [...events].flatMap(([number, { length }]) => {
      return number === null || length > 1 || this.#disturbed.has(number) ? [] : number;
    });
  }

  /** A customer orders and pays; nothing is published yet. */
  place({ trouble = [], isDisturbed = trouble.length > 0 }: PlaceOptions = {}): OrderDocument {
    // Two seconds ago, so that every later change is newer.
    const order = makeDemoOrder(this.#nextIndex, { paidAt: new Date(Date.now() - 2_000) });
    const number = String(order.orderNumber);
    this.#nextIndex += 1;
    this.#shop.put(unpaid(order));
    this.#shop.put(order);
    this.#trouble.set(number, trouble);
    if (isDisturbed) this.#disturbed.add(number);
    return order;
  }

  /** A customer orders and pays, and the event follows. */
  async takeOrder({ format, ...options }: PlaceOptions & { format?: EventFormat } = {}): Promise<OrderDocument> {
    const index = this.#nextIndex;
    const order = this.place(options);
    await this.#publish(order, format?.(order) ?? paidEvent(index, order));
    return order;
  }

  /** Several customers order and pay, and one message tells of all of them. It becomes an event for each. */
  async takeOrdersTogether(count: number): Promise<void> {
    const orders = Array.from({ length: count }, () => this.place({ isDisturbed: true }));
    await this.#send(paidEventOfMany(orders), ...orders.map(({ orderNumber }) => String(orderNumber)));
  }

  async publishPaid(order: OrderDocument): Promise<void> {
    await this.#publish(order, { orderNumber: order.orderNumber, event: 'paid' });
  }

  async cancel(order: OrderDocument): Promise<void> {
    this.#shop.put(cancelled(order, new Date(), 'the customer changed their mind'));
    this.cancelled.add(String(order.orderNumber));
    await this.#publish(order, cancelledEvent(order));
  }

  async refundPart(order: OrderDocument): Promise<void> {
    this.#shop.put(partlyRefunded(order));
    await this.#publish(order, updatedEvent(order));
  }

  /** Publishes an event that cannot be processed. */
  async publishBad(deadLetter: ExpectedDeadLetter): Promise<void> {
    this.expectedDeadLetters.push(deadLetter);
    await this.#send(deadLetter.text, null);
  }

  #publish(order: OrderDocument, event: object | string): Promise<void> {
    return this.#send(event, String(order.orderNumber));
  }

  async #send(event: object | string, ...orderNumbers: (string | null)[]): Promise<void> {
    const text = typeof event === 'string' ? event : JSON.stringify(event);
    this.#onPublish(text);
    this.published.push(...orderNumbers.map((orderNumber) => ({ text, orderNumber, at: new Date() })));
    await this.#rabbit.send(event);
  }
}
