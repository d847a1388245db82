import { paidEventByShopId } from '../orders/events.ts';
import type { OrderDocument } from '../orders/make-orders.ts';
import { statusFault } from '../shop/faults.ts';
import type { DemoWebsite } from './website.ts';

/** Where the story happens. */
export interface Stage {
  /** Prints a heading for the next chapter. */
  announce(text: string): void;
  /** Rejects when the story should end. */
  pause(ms: number): Promise<void>;
  /** Resolves when the daemon has committed the order. Rejects when the story should end. */
  committed(order: OrderDocument): Promise<void>;
}

/** The demo's script: 40 orders in about ten seconds. */
export async function tellStory(website: DemoWebsite, stage: Stage): Promise<void> {
  const orders = await takeOrders(website, stage);
  await publishBadEvents(website, stage);
  await publishTwice(website, stage);
  await changeOrders(orders, website, stage);
  await overtake(website, stage);
  await meetTrouble(website, stage);
  await exceedRateLimit(website, stage);
}

/** After the story: a few orders a second, some cancelled, published twice or met by an error, until the stage rejects. */
export async function keepTaking(website: DemoWebsite, stage: Stage): Promise<never> {
  stage.announce('A few orders a second, until Ctrl-C');
  for (let count = 1; ; count += 1) {
    const order = await website.takeOrder(count % 12 === 0 ? { trouble: [statusFault(500)] } : {});
    await stage.pause(150 + Math.random() * 300);
    if (count % 5 === 0) await website.cancel(order);
    if (count % 7 === 0) await website.publishPaid(order);
  }
}

async function takeOrders(website: DemoWebsite, stage: Stage): Promise<OrderDocument[]> {
  stage.announce('Orders are paid. Every shop words its events differently');
  const orders: OrderDocument[] = [];
  for (let count = 0; count < 19; count += 1) {
    orders.push(await website.takeOrder());
    await stage.pause(140);
  }
  stage.announce('One message can name several orders: it is split into an event for each');
  await website.takeOrdersTogether(2);
  await stage.pause(300);
  stage.announce("An event can name the shop's internal id instead of the order number");
  await website.takeOrder({ format: paidEventByShopId });
  await stage.pause(300);
  return orders;
}

async function publishBadEvents(website: DemoWebsite, stage: Stage): Promise<void> {
  stage.announce('One event is cut off, another names an order that does not exist');
  await website.publishBad({ text: '{"orderNumber":"1009', reason: 'malformed_event', reference: null });
  const reference = 'SO-1999-0001';
  await website.publishBad({ text: `{"orderNumber":"${reference}"}`, reason: 'order_not_found', reference });
  await stage.pause(400);
}

async function publishTwice(website: DemoWebsite, stage: Stage): Promise<void> {
  stage.announce('Events arrive twice');
  for (let count = 0; count < 3; count += 1) {
    const order = await website.takeOrder();
    await stage.pause(count === 0 ? 0 : 250);
    await website.publishPaid(order);
  }
  await stage.pause(300);
}

async function changeOrders(orders: readonly OrderDocument[], website: DemoWebsite, stage: Stage): Promise<void> {
  stage.announce('Customers cancel');
  for (const order of orders.slice(2, 5)) {
    await website.cancel(order);
    await stage.pause(200);
  }
  stage.announce('Orders are partly refunded, which does not even change their "updated at" in the shop');
  for (const order of orders.slice(6, 8)) {
    await website.refundPart(order);
    await stage.pause(200);
  }
}

async function overtake(website: DemoWebsite, stage: Stage): Promise<void> {
  stage.announce('A cancellation overtakes its own "paid" event, for which the shop then serves an outdated order');
  const order = website.place({ trouble: [undefined, { kind: 'old-version' }] });
  await website.cancel(order);
  await stage.committed(order);
  await stage.pause(300);
  await website.publishPaid(order);
  await stage.pause(300);
}

async function meetTrouble(website: DemoWebsite, stage: Stage): Promise<void> {
  stage.announce('The shop has problems: no answer, a slow one, HTTP 500, "not yet paid", a broken connection');
  await website.takeOrder({ trouble: [{ kind: 'stall' }] });
  await website.takeOrder({ trouble: [{ kind: 'delay', ms: 700 }] });
  await stage.pause(200);
  await website.takeOrder({ trouble: [statusFault(500)] });
  await website.takeOrder({ trouble: [statusFault(500), statusFault(502)] });
  await stage.pause(200);
  await website.publishPaid(website.place({ trouble: [{ kind: 'old-version' }] }));
  await website.takeOrder({ trouble: [{ kind: 'truncate' }] });
  for (let count = 0; count < 3; count += 1) {
    await website.takeOrder();
    await stage.pause(400);
  }
}

async function exceedRateLimit(website: DemoWebsite, stage: Stage): Promise<void> {
  stage.announce('The shop answers 429, "too many requests": consumption pauses, then resumes automatically');
  await website.takeOrder({ trouble: [statusFault(429, { 'retry-after': '1' })] });
  for (let count = 0; count < 4; count += 1) {
    // These arrive during the pause and wait for its end.
    await website.takeOrder({ isDisturbed: true });
    await stage.pause(100);
  }
  await stage.pause(1_000);
}
