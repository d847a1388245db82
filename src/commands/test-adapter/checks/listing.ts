import type { Order } from '../../../orders/order.ts';
import type { OrderStub } from '../../../shop/shop-client.ts';
import { counted } from '../../cli/counted.ts';
import { type ContractCheck, type Finding, ok, skipped, wrong } from '../finding.ts';
import { nameOf } from '../gather.ts';
import type { PoliteShop } from '../polite-shop.ts';
import { fetched, type Subject } from '../subject.ts';

const LISTED = 500;
/** Some shops know whole seconds only, and lists overlap by one. */
const OVERLAP_MS = 60_000;

/** Changes are listed oldest first, from the time that was asked for. */
export const changedOrders: ContractCheck = {
  name: 'changed orders',
  async run({ shop, samples }) {
    if (!shop.has('listUpdatedSince'))
      return [skipped('there is no listUpdatedSince: missed events will not be found')];
    const [first] = [...stubsOf(samples), ...fetched(samples).map(({ order }) => order)];
    if (first === undefined) return [skipped('no order is known')];
    const since = new Date(first.updatedAt);
    const listed = await shop.list('listUpdatedSince', since, LISTED);
    const late = listed.find((stub, index) => index > 0 && stub.updatedAt < (listed[index - 1]?.updatedAt ?? ''));
    const early = listed.find(({ updatedAt }) => Date.parse(updatedAt) < since.getTime() - OVERLAP_MS);
    return [
      ...(late === undefined
        ? []
        : [
            wrong('listUpdatedSince does not list the oldest change first.', {
              examples: [`order ${late.orderNumber}: updatedAt is before that of the order listed before it`],
              remedy: 'Sort by the time of the change, ascending: a scan goes on from the last one that it saw.',
            }),
          ]),
      ...(early === undefined
        ? []
        : [
            wrong('listUpdatedSince lists changes from before the time that it was asked for.', {
              examples: [`order ${early.orderNumber}: updatedAt`],
              remedy: 'Does the shop know the parameter, and in this form? Many ignore what they do not understand.',
            }),
          ]),
      ...(late === undefined && early === undefined ? [ok(`${counted(listed.length, 'change')}, oldest first`)] : []),
    ];
  },
};

/** Orders are listed in the order in which they were placed. */
export const placedOrders: ContractCheck = {
  name: 'placed orders',
  async run({ shop, samples }) {
    if (!shop.has('listPlacedSince')) return [skipped('there is no listPlacedSince: the deep reconciliation needs it')];
    const orders = fetched(samples).map(({ order }) => order);
    const since = orders.map(({ placedAt }) => placedAt).toSorted()[0];
    if (since === undefined) return [skipped('no order could be fetched')];
    const listed = await shop.list('listPlacedSince', new Date(since), LISTED);
    const known = listed.flatMap((stub) => orders.find((order) => isOf(stub, order)) ?? []);
    const late = known.find(({ placedAt }, index) => index > 0 && placedAt < (known[index - 1]?.placedAt ?? ''));
    const missing = listed.length < LISTED ? orders.filter((order) => !listed.some((stub) => isOf(stub, order))) : [];
    return [
      ...(late === undefined
        ? []
        : [
            wrong('listPlacedSince does not list the oldest order first.', {
              examples: [`order ${late.orderNumber}: placedAt is before that of the order listed before it`],
              remedy: 'Sort by the time of placing, ascending.',
            }),
          ]),
      ...(missing.length === 0
        ? []
        : [
            wrong(`listPlacedSince leaves out ${counted(missing.length, 'order')} placed since.`, {
              examples: missing.map(({ orderNumber }) => `order ${orderNumber}`),
              remedy: 'Every state belongs into the list, and the time asked for, too.',
            }),
          ]),
      ...(late === undefined && missing.length === 0 ? [ok(`${counted(listed.length, 'order')}, oldest first`)] : []),
    ];
  },
};

function isOf({ shopOrderId, orderNumber }: OrderStub, order: Order): boolean {
  return shopOrderId === undefined ? orderNumber === order.orderNumber : shopOrderId === order.shopOrderId;
}

/** Wherever a scan goes on from, it misses nothing: two reads agree, and orders of one instant stay together. */
export const pageBorders: ContractCheck = {
  name: 'page borders',
  async run({ shop, samples }) {
    const stubs = stubsOf(samples);
    const first = stubs[0];
    if (!shop.has('listUpdatedSince') || first === undefined) return [skipped('the shop lists no changed orders')];
    return await compareReads(shop, stubs, new Date(first.updatedAt));
  },
};

async function compareReads(shop: PoliteShop, stubs: readonly OrderStub[], from: Date): Promise<Finding[]> {
  const settled = new Date(Date.now() - OVERLAP_MS).toISOString();
  const whole = await shop.list('listUpdatedSince', from, LISTED);
  const missing = new Map(missingFrom(whole, stubs).map((stub) => [nameOf(stub), stub]));
  const times = borders(stubs);
  for (const since of times) {
    const part = await shop.list('listUpdatedSince', new Date(since), LISTED);
    const both = [
      ...missingFrom(
        part,
        whole.filter(({ updatedAt }) => updatedAt >= since),
      ),
      // What was cut off the first read turns up in a later one; what is new may do so, too.
      ...missingFrom(
        whole,
        part.filter(({ updatedAt }) => updatedAt < settled),
      ),
    ];
    for (const stub of both) missing.set(nameOf(stub), stub);
  }
  if (missing.size === 0) return [ok(`${counted(times.size + 1, 'read')} from different times agree`)];
  return [
    wrong(`listUpdatedSince leaves out ${counted(missing.size, 'order')}, depending on where a read begins.`, {
      examples: [...missing.values()].map(({ orderNumber }) => `order ${orderNumber}: updatedAt`),
      remedy:
        'The time itself belongs into the list (at or after, not after); read every page; and orders changed at one instant ' +
        'must not fall between two pages.',
    }),
  ];
}

/** An order that has changed since is elsewhere in the list. Nobody knows what comes after the part that was read. */
function missingFrom(listed: readonly OrderStub[], expected: readonly OrderStub[]): OrderStub[] {
  const names = new Set(listed.map(nameOf));
  const end = listed.length < LISTED ? undefined : listed.at(-1)?.updatedAt;
  return expected.filter((stub) => !names.has(nameOf(stub)) && (end === undefined || stub.updatedAt < end));
}

/** The times to read from: those that several orders share, and some in between. */
function borders(stubs: readonly OrderStub[]): Set<string> {
  const times = stubs.map(({ updatedAt }) => updatedAt);
  const shared = times.filter((time, index) => times.indexOf(time) !== index);
  const quarters = [0.25, 0.5, 0.75].flatMap((part) => times[Math.floor(times.length * part)] ?? []);
  return new Set([...shared.slice(-2), ...quarters]);
}

function stubsOf(samples: Subject['samples']): OrderStub[] {
  return samples.flatMap(({ stub }) => stub ?? []).toSorted((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1));
}
