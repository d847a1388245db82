import Big from 'big.js';
import { ORDER_STATUSES, type Order } from '../../../orders/order.ts';
import { counted } from '../../cli/counted.ts';
import { type ContractCheck, type Finding, odd, ok, skipped, wrong } from '../finding.ts';
import { ordersOf } from '../subject.ts';

/** With fewer orders, all of one state may be chance. */
const MANY = 10;

/** What the shop calls its states means what order-sync understands. */
export const states: ContractCheck = {
  name: 'states',
  run(subject) {
    const orders = ordersOf(subject);
    if (orders.length === 0) return [skipped('no order could be fetched')];
    return [ok(table(orders)), ...oneForAll(orders), ...contradictions(orders)];
  },
};

/** "31 paid (such as 10086), 12 completed (such as 10080)" */
function table(orders: readonly Order[]): string {
  return ORDER_STATUSES.flatMap((status) => {
    const found = orders.filter((order) => order.status === status);
    return found[0] === undefined ? [] : [`${found.length} ${status} (such as ${found[0].orderNumber})`];
  }).join(', ');
}

function oneForAll(orders: readonly Order[]): Finding[] {
  const [first, ...rest] = orders;
  if (first === undefined || orders.length < MANY || rest.some(({ status }) => status !== first.status)) return [];
  return [
    odd(`All ${orders.length} orders are ${first.status}. Is that so?`, {
      remedy: 'Look one up in the shop. In many shops paid, shipped, cancelled and refunded are separate fields.',
    }),
  ];
}

interface Contradiction {
  /** `odd` for what may happen now and then: an edit after the payment, items taken back one by one. */
  readonly verdict: 'wrong' | 'odd';
  readonly holds: (order: Order) => boolean;
  readonly field: string;
  readonly message: string;
  readonly remedy: string;
}

const CONTRADICTIONS: readonly Contradiction[] = [
  {
    verdict: 'odd',
    holds: ({ status, paidAt, cancelledAt, totals }) =>
      status === 'pending' && paidAt !== null && cancelledAt === null && isMoney(totals),
    field: 'paidAt',
    message: 'pending, although paid at some time: nobody would ship them',
    remedy: 'Right if more is due than was paid. Else, is the status mapped from the right field?',
  },
  {
    verdict: 'wrong',
    holds: ({ status, cancelledAt }) => cancelledAt !== null && status !== 'cancelled' && status !== 'refunded',
    field: 'cancelledAt',
    message: 'have a time of cancellation but are not cancelled: they would be shipped',
    remedy: 'Cancelled wins over paid. If the field means something else ("closed"), give null.',
  },
  {
    verdict: 'odd',
    holds: ({ status, lines }) => status === 'paid' && lines.length === 0,
    field: 'lines',
    message: 'paid without a line: there is nothing to ship',
    remedy: 'Does the reply hold the lines, or do they take a request of their own?',
  },
  {
    verdict: 'wrong',
    holds: ({ status, totals }) => {
      return (
        (status === 'paid' || status === 'completed') &&
        isMoney(totals) &&
        new Big(totals.refunded ?? 0).gte(totals.grand)
      );
    },
    field: 'totals.refunded',
    message: 'refunded in full, but not refunded by their status: they would be shipped',
    remedy: 'Map a full refund to "refunded".',
  },
  {
    verdict: 'wrong',
    holds: ({ status, totals }) => {
      return (
        status === 'refunded' &&
        totals.refunded !== null &&
        isMoney(totals) &&
        new Big(totals.refunded).lt(totals.grand)
      );
    },
    field: 'totals.refunded',
    message: 'refunded by their status, but only in part by their amount: what is left would not be shipped',
    remedy: 'A partial refund leaves the status as it is.',
  },
];

function contradictions(orders: readonly Order[]): Finding[] {
  const unpaid = orders.filter(
    ({ status, paidAt }) => (status === 'paid' || status === 'completed') && paidAt === null,
  );
  const paid = orders.filter(({ status }) => status === 'paid' || status === 'completed');
  return [
    ...CONTRADICTIONS.flatMap(({ verdict, holds, field, message, remedy }) => {
      const found = orders.filter(holds);
      const examples = found.map(({ orderNumber }) => `order ${orderNumber}: ${field}`);
      const say = verdict === 'wrong' ? wrong : odd;
      return found.length === 0 ? [] : [say(`${counted(found.length, 'order')} ${message}.`, { examples, remedy })];
    }),
    ...(unpaid.length > 0 && unpaid.length === paid.length
      ? [
          odd(`No paid order has a time of payment (${unpaid.length} of them).`, {
            examples: unpaid.map(({ orderNumber }) => `order ${orderNumber}: paidAt`),
            remedy: 'Fine if the shop does not say when; null is right then.',
          }),
        ]
      : []),
  ];
}

function isMoney({ grand }: Order['totals']): boolean {
  return new Big(grand).gt(0);
}
