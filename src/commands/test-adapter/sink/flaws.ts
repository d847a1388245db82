import type { FoundRecord } from '../../../internal-system/sink/order-sink.ts';
import type { Order } from '../../../orders/order.ts';
import { type Finding, ok, wrong } from '../finding.ts';
import type { TestOrder } from './test-order.ts';

/**
 * What can be wrong with an order in the ERP: it is not there, it is there more than once, it shows an earlier version, or
 * something else than the order says.
 */
export type Flaw = 'lost' | 'doubled' | 'regressed' | 'wrong';

export interface FlawedOrder {
  readonly flaw: Flaw;
  /** The order's number, and which fields are meant. */
  readonly example: string;
}

/** @param records all that the ERP has of this order; undefined if it cannot be asked */
export function flawOf(test: TestOrder, records: readonly FoundRecord[] | undefined): FlawedOrder | undefined {
  const ids = new Set([...test.erpIds, ...(records ?? []).map(({ erpId }) => erpId)]);
  if (ids.size > 1) return { flaw: 'doubled', example: `${test.number}: ${[...ids].slice(0, 3).join(', ')}` };
  if (records === undefined) return undefined;
  const [record, second] = records;
  if (second !== undefined) return { flaw: 'doubled', example: `${test.number}: ${record?.erpId}, twice` };
  // One that is cancelled may be deleted.
  if (record === undefined)
    return test.order.status === 'cancelled' ? undefined : { flaw: 'lost', example: test.number };
  const fields = differences(record, test.order);
  if (fields.length === 0) return undefined;
  const isEarlier = test.versions.slice(0, -1).some((version) => differences(record, version).length === 0);
  return { flaw: isEarlier ? 'regressed' : 'wrong', example: `${test.number}: ${fields.join(', ')}` };
}

/** The fields in which the record differs from the order. What is cancelled may have lost its lines and amounts. */
function differences({ isCancelled, quantity, grandTotal }: FoundRecord, order: Order): string[] {
  const expectCancelled = order.status === 'cancelled';
  const pieces = order.lines.reduce((sum, line) => sum + line.quantity, 0);
  const differs = {
    isCancelled: isCancelled !== undefined && isCancelled !== expectCancelled,
    quantity: !expectCancelled && quantity !== undefined && quantity !== pieces,
    grandTotal: !expectCancelled && grandTotal !== undefined && plain(grandTotal) !== plain(order.totals.grand),
  };
  return Object.entries(differs).flatMap(([field, isDifferent]) => (isDifferent ? [field] : []));
}

/** 10.5, 10.50 and 10.500 are one amount. */
function plain(amount: string): string {
  return amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount;
}

const WORDS: Readonly<Record<Flaw, string>> = {
  lost: 'not in the ERP',
  doubled: 'in the ERP more than once',
  regressed: 'in the ERP as they were before',
  wrong: 'in the ERP with something else in them',
};

/** @param remedies what to do about each kind; the other kinds have one of their own */
export function findingsOn(
  flawed: readonly FlawedOrder[],
  orders: number,
  remedies: Partial<Readonly<Record<Flaw, string>>> = {},
): Finding[] {
  return (Object.keys(WORDS) as Flaw[]).flatMap((flaw) => {
    const examples = flawed.filter((order) => order.flaw === flaw).map(({ example }) => example);
    if (examples.length === 0) return [];
    const remedy = remedies[flaw] ?? REMEDIES[flaw];
    return [wrong(`${examples.length} of ${orders} orders are ${WORDS[flaw]}.`, { examples, remedy })];
  });
}

const REMEDIES: Readonly<Record<Flaw, string>> = {
  lost: 'Does upsert() resolve only once the ERP has committed the order?',
  doubled: 'Look for the order by its reference before you create it, at least when the delivery is uncertain.',
  regressed: 'Does each upsert() write the whole order, and no request of an earlier one comes after it?',
  wrong: 'Does upsert() write the whole order, with the amounts that it was given?',
};

/** What a check that compares orders has to say. */
export function verdictOn(
  flawed: readonly FlawedOrder[],
  orders: number,
  message: string,
  remedies?: Partial<Readonly<Record<Flaw, string>>>,
): Finding[] {
  return flawed.length === 0 ? [ok(message)] : findingsOn(flawed, orders, remedies);
}
