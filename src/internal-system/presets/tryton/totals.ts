import { money, type Order, SyncError } from '../../erp/index.ts';
import type { Sale } from './sales.ts';

/**
 * Tryton computes tax and total itself, from net prices of four places. So its total may differ by the rounding of each line; by
 * more, the taxes of its products are not those of the shop, and a person has to look before anything is invoiced.
 *
 * @throws SyncError `write_rejected` in that case
 * @returns what to tell people of the difference, if there is one
 */
export function totalNote(
  { total_amount: total }: Sale,
  { totals, currency }: Order,
  lines: number,
): string | undefined {
  const difference = money.minus(total, totals.grand);
  if (!money.isPositive(difference) && !money.isPositive(money.negate(difference))) return undefined;
  const isAbove = money.isPositive(difference);
  const amount = isAbove ? difference : money.negate(difference);
  const finding = `Tryton's total is ${amount} ${currency} ${isAbove ? 'above' : 'below'} the order's`;
  if (money.isAtLeast(money.product(money.smallestUnit(currency), lines + 1), amount)) return `${finding}.`;
  const remedy =
    'Are the taxes of its products, and of ERP_SHIPPING_SKU and the like, those of the shop? The sale stays a draft.';
  throw new SyncError('write_rejected', `${finding} (${total}, not ${totals.grand}). ${remedy}`);
}
