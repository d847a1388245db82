import { paidEventByShopId } from '../orders/events.ts';
import type { OrderDocument } from '../orders/make-orders.ts';
import { statusFault } from '../shop/faults.ts';
import type { DemoWebsite } from './website.ts';

/** Where the story is told. */
export interface Stage {
  /** A heading that says what is about to happen. */
  announce(text: string): void;
  /** Rejects when the story is to end. */
  pause(ms: number): Promise<void>;
  /** Resolves when the daemon has committed the order. Rejects when the story is to end. */
  committed(order: OrderDocument): Promise<void>;
}

/** What happens in the demo, and when: 40 orders in about a dozen seconds. */
export async function tellStory(website: DemoWebsite, stage: Stage): Promise<void> {
  const orders = await takeOrders(website, stage);
  await publishHopelessEvents(website, stage);
  await publishTwice(website, stage);
  await changeOrders(orders, website, stage);
  await overtake(website, stage);
  await meetTrouble(website, stage);
  await exceedRateLimit(website, stage);
}

/** After the story: a few orders a second, some of them cancelled, doubled or met by an error, until the stage says stop. */
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
  stage.announce('Orders are paid; shops write their events in many ways');
  const orders: OrderDocument[] = [];
  for (let count = 0; count < 21; count += 1) {
    orders.push(await website.takeOrder());
    await stage.pause(140);
  }
  stage.announce('An event names its order by the shop’s own id');
  await website.takeOrder({ format: paidEventByShopId });
  await stage.pause(300);
  return orders;
}

async function publishHopelessEvents(website: DemoWebsite, stage: Stage): Promise<void> {
  stage.announce('An event is cut off, another names an order that does not exist');
  await website.publishHopeless({ text: '{"orderNumber":"1009', reason: 'malformed_event', reference: null });
  const reference = 'SO-1999-0001';
  await website.publishHopeless({ text: `{"orderNumber":"${reference}"}`, reason: 'order_not_found', reference });
  await stage.pause(400);
}

async function publishTwice(website: DemoWebsite, stage: Stage): Promise<void> {
  stage.announce('Events come twice');
  for (let count = 0; count < 3; count += 1) {
    const order = await website.takeOrder();
    await stage.pause(count === 0 ? 0 : 250);
    await website.publishPaid(order);
  }
  await stage.pause(300);
}

async function changeOrders(orders: readonly OrderDocument[], website: DemoWebsite, stage: Stage): Promise<void> {
  stage.announce('Orders are cancelled');
  for (const order of orders.slice(2, 5)) {
    await website.cancel(order);
    await stage.pause(200);
  }
  stage.announce('Orders are refunded in part; the shop does not even move their "updated at"');
  for (const order of orders.slice(6, 8)) {
    await website.refundPart(order);
    await stage.pause(200);
  }
}

async function overtake(website: DemoWebsite, stage: Stage): Promise<void> {
  stage.announce('A cancellation overtakes its "paid" event, which then finds a server of the shop that lags behind');
  const order = website.place({ trouble: [undefined, { kind: 'old-version' }] });
  await website.cancel(order);
  await stage.committed(order);
  await stage.pause(300);
  await website.publishPaid(order);
  await stage.pause(300);
}

async function meetTrouble(website: DemoWebsite, stage: Stage): Promise<void> {
  stage.announce('The shop is in trouble: no answer, slow, HTTP 500, not yet paid, broken off');
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
  stage.announce('The shop answers 429, "too many requests": consumption pauses and resumes by itself');
  await website.takeOrder({ trouble: [statusFault(429, { 'retry-after': '1' })] });
  for (let count = 0; count < 4; count += 1) {
    // Whatever arrives during the pause has to wait for its end.
    await website.takeOrder({ isDisturbed: true });
    await stage.pause(100);
  }
  await stage.pause(1_000);
}
