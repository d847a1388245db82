import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { recognise } from '../../../src/commands/new-adapter/recognise/recognise.ts';
import { statusOfWord } from '../../../src/commands/new-adapter/recognise/status-words.ts';
import { parseExactJson } from '../../../src/orders/exact-json.ts';

const SAMPLES = new URL('samples/', import.meta.url);

function recognised(sample: string) {
  const found = recognise(parseExactJson(readFileSync(new URL(`${sample}.json`, SAMPLES), 'utf8')));
  if (found === undefined) throw new Error('no order was found');
  const named = (fields: ReadonlyMap<string, { readonly path: readonly string[] }> = new Map()) =>
    Object.fromEntries([...fields].map(([field, { path }]) => [field, path.join('.')]));
  return { ...found, order: named(found.fields), line: named(found.lines?.fields), at: found.envelope.path.join('.') };
}

describe('every sample', () => {
  const names = readdirSync(SAMPLES).map((file) => file.replace('.json', ''));

  test.each(names)('%s: the order is found, with its name, state, total, lines and their quantity', (name) => {
    const { order, line, totalsAddUp, lines } = recognised(name);
    const states = [order['status'], order['payStatus']].filter((state) => state !== undefined);
    expect(states).not.toEqual([]);
    expect(order['orderNumber'] ?? order['shopOrderId']).toBeDefined();
    expect(order).toMatchObject({ grand: expect.any(String), placedAt: expect.any(String) });
    expect(line).toMatchObject({ quantity: expect.any(String), sku: expect.any(String) });
    expect([totalsAddUp, lines?.addUp]).not.toContain(false);
  });
});

test('fields with prefixes are told apart: the buyer is not the recipient', () => {
  expect(recognised('taobao')).toMatchObject({
    at: 'trade_fullinfo_get_response.trade',
    order: {
      orderNumber: 'tid',
      buyerName: 'buyer_nick',
      recipient: 'receiver_name',
      province: 'receiver_state',
      phone: 'receiver_mobile',
      buyerNote: 'buyer_message',
    },
    lines: { path: ['orders', 'order'] },
    line: { sku: 'outer_iid', quantity: 'num', lineTotal: 'total_fee' },
  });
});

test('pinyin and Chinese names are known', () => {
  const address = {
    recipient: 'shouhuoren',
    phone: 'shouji',
    province: 'sheng',
    city: 'shi',
    district: 'qu',
    street: 'dizhi',
  };
  expect(recognised('pinyin')).toMatchObject({
    at: 'data.liebiao',
    order: { ...address, orderNumber: 'dingdan_hao', shopOrderId: 'id', paidAt: 'fukuan_shijian', shipping: 'yunfei' },
    line: { sku: 'huohao', quantity: 'shuliang', unitPrice: 'danjia', lineTotal: 'xiaoji' },
  });
  expect(recognised('pinyin-initials')).toMatchObject({
    order: {
      ...{
        orderNumber: 'ddh',
        shopOrderId: 'order_id',
        recipient: 'shr',
        phone: 'sjh',
        street: 'xxdz',
        postcode: 'yb',
      },
      ...{ status: 'ddzt', placedAt: 'xdsj', paidAt: 'fksj', updatedAt: 'gxsj', buyerNote: 'mjly' },
      ...{ grand: 'zje', items: 'spje', shipping: 'yf', discount: 'yhje' },
    },
    line: { sku: 'spbm', name: 'spmc', quantity: 'sl', unitPrice: 'dj', lineTotal: 'je' },
  });
  expect(recognised('chinese')).toMatchObject({
    at: '数据',
    envelope: { verdict: { path: ['状态码'], success: 0 } },
    order: {
      orderNumber: '订单号',
      recipient: '收货人',
      grand: '订单金额',
      updatedAt: '更新时间',
      buyerNote: '买家留言',
    },
    line: { sku: '商品编码', quantity: '数量', lineTotal: '小计' },
  });
});

test('of several totals the one that adds up is taken: what is still due is not', () => {
  expect(recognised('ecshop').order).toMatchObject({ grand: 'total_fee', items: 'goods_amount' });
  expect(recognised('shopify-rest').order).toMatchObject({ shipping: 'total_shipping_price_set.shop_money.amount' });
});

test('whole amounts are cents where they are large or say so, and never in yen', () => {
  expect(recognised('douyin').money).toMatchObject({ isCents: true, isSaid: false, example: '12940' });
  expect(recognised('shop-cents').money).toMatchObject({ isCents: true, isSaid: true });
  expect(recognised('minimal').money).toMatchObject({ isWhole: true, isCents: false });
  expect(recognised('ecshop').money).toMatchObject({ isWhole: false, isCents: false });
  const yen = {
    id: 1,
    currency: 'JPY',
    status: 'paid',
    total: 12940,
    created_at: 1795334400,
    items: [{ sku: 'TEA', qty: 1 }],
  };
  expect(recognise(yen)?.money.isCents).toBe(false);
  expect(recognise({ ...yen, currency: 'CNY' })?.money.isCents).toBe(true);
});

test('times are told apart by what they look like', () => {
  expect(recognised('ecshop').times.get('paidAt')).toBe('seconds');
  expect(recognised('json-rpc').times.get('updatedAt')).toBe('milliseconds');
  expect(recognised('taobao').times.get('placedAt')).toBe('zoneless');
  expect(recognised('graphql').times.get('placedAt')).toBe('zoned');
  expect(recognised('bigcommerce').times.get('placedAt')).toBe('other');
});

test('an order in a list, in an envelope or by itself is the same order', () => {
  const order = {
    id: 1,
    status: 'paid',
    total: '12.00',
    created_at: '2026-11-22T08:00:00Z',
    items: [{ sku: 'TEA', qty: 1 }],
  };
  const places = [order, [order], { data: { order } }, { code: 0, data: { page: { list: [order, order] } } }].map(
    (sample) => {
      const found = recognise(sample);
      return {
        at: found?.envelope.path.join('.'),
        isList: found?.envelope.isList,
        number: found?.fields.get('shopOrderId')?.path,
      };
    },
  );
  expect(places).toEqual([
    { at: '', isList: false, number: ['id'] },
    { at: '', isList: true, number: ['id'] },
    { at: 'data.order', isList: false, number: ['id'] },
    { at: 'data.page.list', isList: true, number: ['id'] },
  ]);
});

test.each([{ error: 'not found' }, [], 42, 'order', null, { code: 0, data: null }, [{ id: 1, name: 'tea' }]])(
  'in %j there is no order',
  (sample) => {
    expect(recognise(sample)).toBeUndefined();
  },
);

test.each([
  ['WAIT_SELLER_SEND_GOODS', 'paid'],
  ['已付款', 'paid'],
  ['yifukuan', 'paid'],
  ['ORDER_STATUS_PAID', 'paid'],
  ['partially_refunded', 'paid'],
  ['交易关闭', 'cancelled'],
  ['Canceled', 'cancelled'],
  ['holded', 'on_hold'],
  ['shipped', 'completed'],
  ['packed', undefined],
  ['7', undefined],
])('the word %s says %s', (word, status) => {
  expect(statusOfWord(word)).toBe(status);
});
