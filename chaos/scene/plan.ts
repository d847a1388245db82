import { cancelled, makeDemoOrder, type OrderDocument, partlyRefunded } from '../../demo/orders/make-orders.ts';
import type { Fate } from '../checks/records.ts';
import type { Random } from './random.ts';

export interface PlannedEvent {
  /** The AMQP message id, the same on every copy. */
  readonly id: string;
  /** Undefined when no order of the shop is meant. */
  readonly orderNumber: string | undefined;
  readonly fate: Fate;
  /** The change it announces; undefined when its order does not exist. */
  readonly announces: OrderDocument | undefined;
  readonly content: string;
}

/** What the shop does next: change an order, or publish an event. */
export type Step =
  | { readonly kind: 'change'; readonly order: OrderDocument }
  | { readonly kind: 'publish'; readonly event: PlannedEvent };

export interface PlanOptions {
  /** @defaultValue 200 */
  readonly orders?: number;
  /** Whether some orders are refunded, which leaves `updatedAt` as it was. @defaultValue true */
  readonly refunds?: boolean;
  /** The share of the orders that are edited with more to pay, which the shop announces as paid once more. @defaultValue 0 */
  readonly edited?: number;
  /** The share of the orders that are cancelled. @defaultValue 0.25 */
  readonly cancelled?: number;
  /** How far the shop's clock is set back before the cancellations, in ms. @defaultValue 0 */
  readonly cancelledEarlierMs?: number;
  /** How many events of each fate other than `sync` are mixed in. @defaultValue 3 */
  readonly troublesome?: number;
}

/**
 * A shop's day: orders are paid, some are partly refunded, some cancelled. Some events are published twice, some
 * cancellations before their own `paid`, and the events of different orders are interleaved.
 */
export function planWorkload(
  random: Random,
  {
    orders = 200,
    refunds = true,
    edited = 0,
    cancelled: cancelledShare = 0.25,
    cancelledEarlierMs = 0,
    troublesome = 3,
  }: PlanOptions,
): Step[] {
  const seed = random.between(1, 1_000_000);
  const stories = Array.from({ length: orders }, (_, index) =>
    orderStory(random, index, seed, { refunds, edited, cancelled: cancelledShare, cancelledEarlierMs }),
  );
  for (let index = 0; index < troublesome; index += 1) {
    stories.push(
      publishOnly({ id: `malformed-${index}`, fate: 'malformed', content: `[${index}]` }),
      publishOnly({
        id: `unknown-${index}`,
        fate: 'unknown',
        content: JSON.stringify({ orderNumber: `NO-SUCH-${index}`, event: 'paid' }),
      }),
      lateStory(orders + index, seed),
    );
  }
  return shuffled(random, stories);
}

function orderStory(
  random: Random,
  index: number,
  seed: number,
  { refunds, edited, cancelled: share, cancelledEarlierMs }: Required<Omit<PlanOptions, 'orders' | 'troublesome'>>,
): Step[] {
  const paid = makeDemoOrder(index, { seed, paidAt: new Date(Date.now() - 60_000 + index) });
  const steps: Step[] = [{ kind: 'change', order: paid }, announce(paid, 'paid', 'paid')];
  const refunded = refunds && random.chance(0.1) ? partlyRefunded(paid) : paid;
  if (refunded !== paid) steps.push({ kind: 'change', order: refunded }, announce(refunded, 'refund', 'updated'));
  if (edited > 0 && random.chance(edited)) {
    const order = withMoreToPay(refunded, new Date(Date.now() + index));
    return [...steps, { kind: 'change', order }, announce(order, EDITED, 'paid')];
  }
  if (random.chance(share)) {
    const order = cancelled(refunded, new Date(Date.now() + index - cancelledEarlierMs), 'changed their mind');
    const both: Step[] = [{ kind: 'change', order }, announce(order, 'cancel', 'cancelled')];
    // The cancellation overtakes the events before it.
    if (random.chance(0.4)) steps.splice(0, steps.length, ...changesOf(steps), ...both, ...announcementsOf(steps));
    else steps.push(...both);
  }
  const again = announcementsOf(steps).filter(() => random.chance(0.3));
  return [...steps, ...again];
}

/** What the events of edited orders are called. */
export const EDITED = 'edited';

function withMoreToPay(order: OrderDocument, now: Date): OrderDocument {
  const [line] = order.lines;
  const more = line === undefined ? [] : [{ ...line, lineId: 'more' }];
  return { ...order, status: 'pending', updatedAt: now.toISOString(), lines: [...order.lines, ...more] };
}

function changesOf(steps: readonly Step[]): Step[] {
  return steps.filter((step) => step.kind === 'change');
}

function announcementsOf(steps: readonly Step[]): Step[] {
  return steps.filter((step) => step.kind === 'publish');
}

function announce(order: OrderDocument, what: string, event: string, fate: Fate = 'sync'): Step {
  const orderNumber = String(order.orderNumber);
  const content = JSON.stringify({ orderNumber, event });
  return { kind: 'publish', event: { id: `${what}-${orderNumber}`, orderNumber, fate, announces: order, content } };
}

function publishOnly(event: Pick<PlannedEvent, 'id' | 'fate' | 'content'>): Step[] {
  return [{ kind: 'publish', event: { ...event, orderNumber: undefined, announces: undefined } }];
}

function lateStory(index: number, seed: number): Step[] {
  const order = makeDemoOrder(index, { seed, paidAt: new Date(Date.now() - 60_000 + index) });
  return [{ kind: 'change', order }, announce(order, 'late', 'paid', 'late')];
}

/** Merges the stories at random and keeps the order within each. Neighbours overlap, as they do in a shop. */
function shuffled(random: Random, stories: readonly (readonly Step[])[]): Step[] {
  return stories
    .flatMap((story) => {
      let at = random.next() * stories.length;
      return story.map((step) => {
        at += random.next() * 20;
        return { step, at };
      });
    })
    .sort((a, b) => a.at - b.at)
    .map(({ step }) => step);
}
