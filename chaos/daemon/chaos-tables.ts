import { defineMapping } from '../../src/internal-system/mapping/index.ts';

/**
 * A company's own tables without a unique key, so that whatever is written twice shows; and a journal of every time that an order
 * was written, so that whatever was set back shows even if it ended well.
 */
export default defineMapping(async ({ order }, tables) => {
  const content = JSON.stringify(order);
  const row = await tables.upsert('own_orders', { order_sn: order.orderNumber }, { content });
  const lines = order.lines.map(({ sku }, index) => ({ line_no: index + 1, sku: sku ?? '' }));
  await tables.replaceLines('own_lines', { own_order: row['id'] }, lines, ['line_no']);
  await tables.insert('own_journal', { order_sn: order.orderNumber, content });
});
