import type { Order } from '../../../orders/order.ts';
import { counted } from '../../cli/counted.ts';
import { type ContractCheck, type Finding, odd, ok, skipped, wrong } from '../finding.ts';
import { ordersOf } from '../subject.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** No shop API is older. */
const EARLIEST = Date.parse('1995-01-01T00:00:00Z');
const FIELDS = ['placedAt', 'paidAt', 'cancelledAt', 'updatedAt'] as const;

/** Times are instants: a zone that was forgotten puts orders into the future, or lets them be paid before they are placed. */
export const times: ContractCheck = {
  name: 'times',
  run(subject) {
    const orders = ordersOf(subject);
    if (orders.length === 0) return [skipped('no order could be fetched')];
    const now = subject.fetchedAt.getTime();
    const findings = [...future(orders, now), ...past(orders), ...disordered(orders)];
    return findings.length > 0 ? findings : [ok('none is in the future, no order was paid before it was placed')];
  },
};

function future(orders: readonly Order[], now: number): Finding[] {
  const isAhead = (order: Order, field: (typeof FIELDS)[number]) => msOf(order[field]) > now + MINUTE_MS;
  const fields = FIELDS.filter((field) => orders.some((order) => isAhead(order, field)));
  const ahead = orders.filter((order) => fields.some((field) => isAhead(order, field)));
  if (ahead.length === 0) return [];
  const times = ahead.flatMap((order) => fields.map((field) => msOf(order[field]))).filter((ms) => ms > now);
  return [
    wrong(
      `${fields.join(', ')}: in the future, by up to ${inHours(Math.max(...times) - now)}, in ${counted(ahead.length, 'order')}.`,
      {
        examples: ahead.map(({ orderNumber }) => `order ${orderNumber}: ${fields[0]}`),
        remedy: "Is it the shop's local time, taken for UTC? Say its zone.",
      },
    ),
  ];
}

function past(orders: readonly Order[]): Finding[] {
  return FIELDS.flatMap((field) => {
    const early = orders.filter((order) => order[field] !== null && msOf(order[field]) < EARLIEST);
    if (early.length === 0) return [];
    const examples = early.map(({ orderNumber }) => `order ${orderNumber}: ${field}`);
    return [
      wrong(`${field} is before 1995. Are seconds taken for milliseconds, or is a zero taken for a time?`, {
        examples,
      }),
    ];
  });
}

function disordered(orders: readonly Order[]): Finding[] {
  const early = orders.filter(({ placedAt, paidAt }) => paidAt !== null && msOf(paidAt) < msOf(placedAt) - MINUTE_MS);
  const stale = orders.filter(({ placedAt, updatedAt }) => msOf(updatedAt) < msOf(placedAt) - HOUR_MS);
  return [
    ...(early.length === 0
      ? []
      : [
          wrong(`${counted(early.length, 'order')} paid before they were placed.`, {
            examples: early.map(({ orderNumber }) => `order ${orderNumber}: paidAt`),
            remedy: 'Does one of the two times lack its zone?',
          }),
        ]),
    ...(stale.length === 0
      ? []
      : [
          odd(`${counted(stale.length, 'order')} changed before they were placed.`, {
            examples: stale.map(({ orderNumber }) => `order ${orderNumber}: updatedAt`),
            remedy: 'Is it the time of the last change, in the right zone?',
          }),
        ]),
  ];
}

function msOf(instant: string | null): number {
  return instant === null ? Number.NaN : Date.parse(instant);
}

function inHours(ms: number): string {
  return ms < HOUR_MS ? `${Math.round(ms / MINUTE_MS)} min` : `${Math.round(ms / HOUR_MS)} h`;
}
