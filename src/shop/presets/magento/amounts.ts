import { type Fields, money } from '../../toolkit/index.ts';

/**
 * A configurable product has two rows, of which the parent's has the money and the variant's SKU. A bundle is shipped by its parts:
 * its own row is left only where its price is fixed, so that the parts' rows have none.
 */
export function linesOf(items: readonly Fields[]) {
  const byId = new Map(items.map((item) => [item.id('item_id'), item]));
  const parentOf = (item: Fields) => byId.get(item.text('parent_item_id') ?? '');
  const priced = items.filter((item) => money.isPositive(item.money('base_row_total')));
  const bundlesByParts = new Set(priced.map(parentOf));
  return items
    .filter((item) => parentOf(item)?.text('product_type') !== 'configurable' && !bundlesByParts.has(item))
    .map((item) => lineOf(item, parentOf(item)));
}

function lineOf(item: Fields, bundle: Fields | undefined) {
  const ordered = item.number('qty_ordered');
  const ofBundle = bundle === undefined ? ordered : (ordered * left(bundle)) / bundle.number('qty_ordered');
  const full = item.money('base_row_total');
  // Where catalogue prices contain tax, so does the discount: the compensation is the tax in it.
  const reduced = money.minus(
    money.sum(full, item.money('base_discount_tax_compensation_amount')),
    item.money('base_discount_amount'),
  );
  const tax = item.money('base_tax_amount');
  return {
    lineId: item.id('item_id'),
    sku: item.text('sku'),
    name: item.text('name'),
    requiresShipping: !item.flag('is_virtual') && item.text('product_type') !== 'bundle',
    ...money.line({ quantity: Math.min(left(item), ofBundle), ordered, full, reduced, tax, taxIncluded: false }),
  };
}

/** What was not cancelled or given back. Older versions of Magento leave out what is zero. */
function left(item: Fields): number {
  const gone = money.sum(item.money('qty_canceled'), item.money('qty_refunded'));
  return Number(money.minus(item.money('qty_ordered'), gone));
}

/** Adobe Commerce, and payment and fee extensions, tell what they add to the grand total as extension attributes alone. */
export function adjustmentsOf(order: Fields) {
  const attribute = (name: string) => order.money(`extension_attributes.${name}`);
  const wrapping = ['gw_base_price', 'gw_items_base_price', 'gw_card_base_price'].map(attribute);
  const attributes = Object.entries<unknown>(Object(order.value('extension_attributes')));
  const fees = attributes.filter(([name, value]) => FEE.test(name) && AMOUNT.test(String(value)));
  const known = [
    { kind: 'gift_card', label: 'Gift cards', amount: money.negate(attribute('base_gift_cards_amount')) },
    { kind: 'other', label: 'Store credit', amount: money.negate(attribute('base_customer_balance_amount')) },
    { kind: 'other', label: 'Reward points', amount: money.negate(attribute('base_reward_currency_amount')) },
    { kind: 'surcharge', label: 'Gift wrapping', amount: money.sum(...wrapping) },
    ...fees.map(([label]) => ({ kind: 'fee', label, amount: attribute(label) })),
  ];
  return known.filter(({ amount }) => money.isAtLeast(amount, '0.0001') || money.isAtLeast('-0.0001', amount));
}

/** In the shop's base currency, and neither a part of it (invoiced, refunded …) nor the tax in it. */
const FEE = /^base_(?!.*(?:tax|invoiced|refunded|cancell?ed)).*(?:fee|surcharge)(?:_amount)?$/;
const AMOUNT = /^-?\d+(?:\.\d+)?$/;
