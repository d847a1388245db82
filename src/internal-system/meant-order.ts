import { type Match, matchOf, type OrderRecord } from './ledger.ts';

/** An order that is known here, and how it goes by the name that a person gave. */
export interface MeantOrder {
  readonly orderNumber: string;
  readonly shopOrderId: string;
  readonly match: Match;
}

/** People go by numbers: where the number of one order is the id of another, it is the number that counts. */
const BEST_FIRST = ['order-number', 'shop-id', 'former-number'] as const satisfies Match[];

/**
 * The orders that a person may mean by a name, the one that counts first. Those of which no id is known are left out.
 *
 * @param records what `findOrders` knows by this name
 */
export function meantOrders(records: readonly OrderRecord[], name: string): MeantOrder[] {
  const orders = records.flatMap((record): MeantOrder[] => {
    const { orderNumber, shopOrderId } = record;
    return orderNumber === null || shopOrderId === null
      ? []
      : [{ orderNumber, shopOrderId, match: matchOf(record, name) }];
  });
  return BEST_FIRST.flatMap((match) => orders.filter((order) => order.match === match));
}
