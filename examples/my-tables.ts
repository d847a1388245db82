/**
 * A mapping into a company's own tables, those of an ECShop, beside every order that order-sync stores: MAPPING=./my-tables.ts.
 * docs/own-tables.md explains it, and has the tables.
 */
// In a project of your own: from 'order-sync/tables'.
import {
  bmp,
  consignee,
  defineMapping,
  fullAddress,
  localTime,
  mobile,
  statusCode,
  truncate,
  unixSeconds,
  yuan,
} from '../src/internal-system/mapping/index.ts';

export default defineMapping(async ({ order, previous }, tables) => {
  const { totals, shippingAddress: address } = order;
  const row = await tables.upsert(
    'ecs_order_info',
    { order_sn: order.orderNumber },
    {
      order_status: statusCode(order, { pending: 0, paid: 1, on_hold: 1, completed: 5, refunded: 4, cancelled: 2 }),
      pay_status: statusCode(order, { pending: 0, paid: 2, on_hold: 2, completed: 2, refunded: 0, cancelled: 0 }),
      consignee: truncate(bmp(consignee(order)), 60),
      mobile: truncate(mobile(order), 60),
      address: truncate(bmp(fullAddress(address)), 255),
      zipcode: truncate(address?.postcode ?? '', 60),
      postscript: truncate(bmp(order.buyerNote ?? ''), 255),
      goods_amount: yuan(totals.items, '0.00'),
      shipping_fee: yuan(totals.shipping, '0.00'),
      order_amount: yuan(totals.grand),
      add_time: unixSeconds(order.placedAt),
      pay_time: unixSeconds(order.paidAt, 0),
      last_change: localTime(order.updatedAt, 'Asia/Shanghai'),
    },
    // How far the warehouse is belongs to the staff: order-sync begins it and never touches it again.
    { insertOnly: { shipping_status: 0, to_buyer: '' }, formerKeys: previous && { order_sn: previous.orderNumber } },
  );
  const goods = order.lines.map((line, index) => ({
    line_no: index + 1,
    goods_sn: truncate(line.sku ?? '', 60),
    goods_name: truncate(bmp(line.name ?? ''), 120),
    goods_number: line.quantity,
    goods_price: yuan(line.unitPrice, '0.00'),
  }));
  // send_number, how many of a line have left, stays with its line.
  const insertOnly = { send_number: 0 };
  await tables.replaceLines('ecs_order_goods', { order_id: row['order_id'] }, goods, ['line_no'], { insertOnly });
});
