import { describe, expect, it } from 'vitest';
import { makeDemoOrders } from '../../demo/orders/make-orders.ts';
import { parseExactJson } from '../../src/orders/exact-json.ts';
import { type Order, parseOrder, totalsAddUp } from '../../src/orders/order.ts';
import { aLine, anOrder, anOrderDocument, type OrderDocument } from '../helpers/order-builder.ts';

function parsed(document: unknown): Order {
  const result = parseOrder(document);
  if ('problem' in result) throw new Error(result.problem);
  return result.order;
}

function problemOf(document: unknown): string {
  const result = parseOrder(document);
  if ('order' in result) throw new Error('expected a problem');
  return result.problem;
}

describe('parseOrder', () => {
  it.each([
    ['2026-11-22T16:00:00+08:00', '2026-11-22T08:00:00.000Z'],
    ['2026-11-22T08:00:05.123456789Z', '2026-11-22T08:00:05.123Z'],
    ['2026-11-22T08:00:05.123Z', '2026-11-22T08:00:05.123Z'],
    ['2026-11-22T08:00:05Z', '2026-11-22T08:00:05.000Z'],
    ['2026-11-30T08:00:05Z', '2026-11-30T08:00:05.000Z'],
    ['2026-11-30T08:00:05.120Z', '2026-11-30T08:00:05.120Z'],
  ])('converts the time %s to UTC with milliseconds', (updatedAt, expected) => {
    expect(parsed(anOrderDocument({ updatedAt })).updatedAt).toBe(expected);
  });

  it.each([
    '2026-11-22T08:00:00',
    '2026-11-22',
    '22.11.2026',
    '2026-02-30T08:00:00Z',
    '2026-11-31T08:00:00.000Z',
    '2026-13-01T08:00:00.000Z',
    '2026-11-00T08:00:00.000Z',
    '2026-11-22T24:00:00.000Z',
    '2026-11-22T08:60:00.000Z',
    '1732262400',
    '',
  ])('refuses the time %j', (updatedAt) => {
    expect(problemOf(anOrderDocument({ updatedAt }))).toContain('updatedAt: expected a time with a zone');
  });

  it('reads absent optional fields as null', () => {
    const { paidAt: _, buyerNote: __, cancelReason: ___, ...document } = anOrderDocument();
    expect(parsed(document)).toMatchObject({ paidAt: null, buyerNote: null, cancelReason: null });
  });

  it('keeps unknown fields, at every level', () => {
    const order = parsed({ ...anOrderDocument({ lines: [{ ...aLine(), colour: '绿' }] }), channel: { app: 'wechat' } });
    expect(order).toMatchObject({ channel: { app: 'wechat' }, lines: [{ colour: '绿' }] });
  });

  it('keeps the digits of numbers and ids sent as JSON numbers', () => {
    const text = JSON.stringify(anOrderDocument())
      .replace('"20261122000123456789"', '20261122000123456789')
      .replace('"id-20261122000123456789"', '9223372036854775807')
      .replace('"129.40"', '12345678901234567.89');
    const order = parsed(parseExactJson(text));
    expect(order).toMatchObject({ orderNumber: '20261122000123456789', shopOrderId: '9223372036854775807' });
    expect(JSON.stringify(order)).toContain('12345678901234567.89');
  });

  it('accepts orders without lines or payments: all returned, or nothing to pay', () => {
    expect(parsed(anOrderDocument({ lines: [], payments: [] }))).toMatchObject({ lines: [], payments: [] });
  });

  it.each([[null], [undefined], ['text'], [7], [[]], [{}]])('refuses %j', (value) => {
    expect(problemOf(value)).not.toBe('');
  });

  it.each([
    ['orderNumber', { orderNumber: '../1' }],
    ['orderNumber', { orderNumber: 1.5 }],
    ['shopOrderId', { shopOrderId: '' }],
    ['currency', { currency: '¥' }],
    ['totals.grand', { totals: { ...anOrderDocument().totals, grand: '12,40' } }],
    ['lines.0.quantity', { lines: [aLine({ quantity: -1 })] }],
  ])('names the invalid field: %s', (field, overrides) => {
    expect(problemOf(anOrderDocument(overrides))).toContain(`${field}: `);
  });

  it('stops at the first invalid item of a list: describing them all would take gigabytes', () => {
    const lines = [aLine(), {}, {}, 7] as unknown as OrderDocument['lines'];
    expect(problemOf(anOrderDocument({ lines }))).toMatch(/^lines\.1\.lineId: .*; and \d more$/);
    expect(problemOf(anOrderDocument({ lines }))).not.toMatch(/lines\.[023]/);
    expect(problemOf({ ...anOrderDocument(), payments: 'none' })).toBe('payments: expected a list');
  });

  it('names at most five fields, and never a value', () => {
    const secret = 'xiaoming@example.com';
    const problem = problemOf({
      orderNumber: secret,
      shopOrderId: secret,
      status: secret,
      currency: secret,
      placedAt: secret,
      updatedAt: secret,
      buyer: { id: {}, name: 7, email: [secret] },
      [secret]: 1,
    });
    expect(problem.split('; ')).toHaveLength(6);
    expect(problem).toMatch(/; and \d+ more$/);
    expect(problem).not.toContain(secret);
  });
});

describe('totalsAddUp', () => {
  it('is true for every demo order, to the last cent and yen', () => {
    const orders = makeDemoOrders({ count: 500, now: new Date('2026-11-22T08:00:00Z') }).map(parsed);
    expect(orders.filter((order) => !totalsAddUp(order))).toEqual([]);
  });

  it('is exact where floats are not', () => {
    const totals = { items: '0.1', shipping: '0.2', tax: '0', discount: '0', refunded: '0', grand: '0.3' };
    const line = aLine({ quantity: 3, unitPrice: '0.1', discount: '0', tax: '0', lineTotal: '0.3' });
    expect(totalsAddUp(anOrder({ totals, lines: [line] }))).toBe(true);
    expect(totalsAddUp(anOrder({ totals: { ...totals, grand: '0.300000000001' }, lines: [line] }))).toBe(false);
  });

  it.each([
    { quantity: 0.35, unitPrice: '12.90', lineTotal: '4.515' },
    { quantity: 3, unitPrice: '123456789012.34', lineTotal: '370370367037.02' },
    { quantity: 7, unitPrice: '0.000012', lineTotal: '0.000084' },
    { quantity: 9007199254740991, unitPrice: '0.01', lineTotal: '90071992547409.91' },
  ])('checks $quantity × $unitPrice = $lineTotal to the last digit', (line) => {
    const given = { ...line, discount: '0', tax: '0' };
    expect(totalsAddUp(anOrder({ lines: [aLine(given)] }))).toBe(true);
    expect(totalsAddUp(anOrder({ lines: [aLine({ ...given, lineTotal: `${line.lineTotal}00001` })] }))).toBe(false);
  });

  it('is false when a line does not add up', () => {
    expect(totalsAddUp(anOrder({ lines: [aLine({ lineTotal: '109.81' })] }))).toBe(false);
  });

  it('does not mind a refund, which is not part of the sum', () => {
    expect(totalsAddUp(anOrder({ totals: { ...anOrderDocument().totals, refunded: '129.40' } }))).toBe(true);
  });
});
