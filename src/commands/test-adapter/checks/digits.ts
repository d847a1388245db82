import type { Order } from '../../../orders/order.ts';
import { type ContractCheck, type Finding, ok, skipped, wrong } from '../finding.ts';
import { ordersOf } from '../subject.ts';

/** No currency has more, and prices rarely do. */
const MOST_PLACES = 6;

/** Order numbers and amounts are what the shop shows, digit by digit. */
export const digits: ContractCheck = {
  name: 'exact digits',
  run(subject) {
    const orders = ordersOf(subject);
    if (orders.length === 0) return [skipped('no order could be fetched')];
    const findings = [...roundedNames(orders), ...noNames(orders), ...sharedNames(orders), ...noise(orders)];
    return findings.length > 0 ? findings : [ok('no rounded order number, no noise of floats in an amount')];
  },
};

/** A JavaScript number has 17 digits; printed, a longer one ends in zeros. One may do so by chance, but not all. */
function roundedNames(orders: readonly Order[]): Finding[] {
  return (['orderNumber', 'shopOrderId'] as const).flatMap((field) => {
    const long = orders.filter((order) => /^\d{18,}$/.test(order[field]));
    const isRounded = long.length > 1 && long.every((order) => /^0+$/.test(order[field].slice(17)));
    if (!isRounded && !orders.some((order) => /^\d(?:\.\d+)?e\+\d+$/i.test(order[field]))) return [];
    return [
      wrong(`${field} has lost its last digits: it was read as a JavaScript number.`, {
        examples: (long.length > 0 ? long : orders).map((order) => `order ${order.orderNumber}: ${field}`),
        remedy: 'Read replies with parseExactJson, not with response.json().',
      }),
    ];
  });
}

function noNames(orders: readonly Order[]): Finding[] {
  const bad = orders.filter(({ orderNumber, shopOrderId }) => {
    return [orderNumber, shopOrderId].some((name) =>
      /^(?:undefined|null|NaN|none|true|false|0|\[object.*)$/i.test(name),
    );
  });
  if (bad.length === 0) return [];
  return [
    wrong('An order is named after a value that is no name, such as "undefined".', {
      examples: bad.map(({ orderNumber, shopOrderId }) => `orderNumber ${orderNumber}, shopOrderId ${shopOrderId}`),
    }),
  ];
}

function sharedNames(orders: readonly Order[]): Finding[] {
  return (['orderNumber', 'shopOrderId'] as const).flatMap((field) => {
    const other = field === 'orderNumber' ? 'shopOrderId' : 'orderNumber';
    const known = new Map<string, string>();
    const shared = orders.filter((order) => {
      const before = known.get(order[field]);
      known.set(order[field], order[other]);
      return before !== undefined && before !== order[other];
    });
    if (shared.length === 0) return [];
    const remedy = 'Is it the right field? Each order needs one of its own.';
    return [
      wrong(`Several orders have the same ${field}.`, {
        examples: shared.map((order) => `order ${order[field]}`),
        remedy,
      }),
    ];
  });
}

function noise(orders: readonly Order[]): Finding[] {
  const noisy = orders.flatMap((order) => {
    return amountsOf(order).flatMap(([field, amount]) => {
      const places = amount.split('.')[1]?.length ?? 0;
      return places > MOST_PLACES ? [`order ${order.orderNumber}: ${field}`] : [];
    });
  });
  if (noisy.length === 0) return [];
  return [
    wrong('Amounts have more digits than any price: floats were added or divided.', {
      examples: noisy,
      remedy: 'Take amounts as the shop sends them, or compute in exact decimals. A price got by dividing: round it.',
    }),
  ];
}

/** The amounts of an order, by field. */
function amountsOf({ totals, lines }: Order): (readonly [string, string])[] {
  const ofTotals = (['items', 'shipping', 'tax', 'discount', 'refunded', 'grand'] as const).map(
    (field) => [`totals.${field}`, totals[field]] as const,
  );
  const ofLines = lines.flatMap((line, index) =>
    (['unitPrice', 'discount', 'tax', 'lineTotal'] as const).map(
      (field) => [`lines.${index}.${field}`, line[field]] as const,
    ),
  );
  return [...ofTotals, ...ofLines].flatMap(([field, amount]) => (amount === null ? [] : [[field, amount] as const]));
}
