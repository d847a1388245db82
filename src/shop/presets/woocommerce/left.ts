import { type Fields, path, type ShopRequests } from '../../toolkit/index.ts';

/** What was returned, which the order itself only names. */
export async function returnsOf(api: ShopRequests, order: Fields): Promise<{ readonly returns?: unknown }> {
  if (order.list('refunds', []).length === 0) return {};
  return { returns: await api.get(path`/orders/${order.id('id')}/refunds`, { per_page: 100 }) };
}

/** How many are not returned: a returned line names the one that it takes some of. */
export function left(order: Fields, item: Fields): number {
  const returned = order.list('returns', []).flatMap((refund) => refund.list('line_items'));
  const ofItem = returned.filter((line) => line.entry('meta_data', '_refunded_item_id') === item.id('id'));
  return ofItem.reduce((sum, line) => sum + line.number('quantity'), item.number('quantity'));
}
