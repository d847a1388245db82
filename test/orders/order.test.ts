import { describe, expect, it } from 'vitest';
import { parseExactJson } from '../../src/orders/exact-json.ts';
import { type Order, parseOrder } from '../../src/orders/order.ts';
import { aLine, anOrderDocument, type OrderDocument } from '../helpers/order-builder.ts';

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
    ['lines.0.quantity', { lines: [aLine({ quantity: 'two' })] }],
  ])('names the invalid field: %s', (field, overrides) => {
    expect(problemOf(anOrderDocument(overrides))).toContain(`${field}: `);
  });

  it('stops at the first invalid item of a list: describing them all would take gigabytes', () => {
    const lines = [aLine(), {}, {}, 7] as unknown as OrderDocument['lines'];
    expect(problemOf(anOrderDocument({ lines }))).toMatch(/^lines\.1\.quantity: expected a number/);
    expect(problemOf(anOrderDocument({ lines }))).not.toMatch(/lines\.[023]/);
    expect(problemOf({ ...anOrderDocument(), payments: 'none' })).toBe(
      'payments: expected null or a list, found other text',
    );
  });

  it('accepts missing lines only of an order that has nothing to ship: in any other, the reply was cut short', () => {
    const { lines: _, ...without } = anOrderDocument();
    for (const document of [without, { ...without, lines: null }]) {
      for (const status of ['cancelled', 'Canceled', 'refunded']) {
        expect(parsed({ ...document, status }).lines).toEqual([]);
      }
      for (const status of ['pending', 'paid', 'completed', 'unheard of']) {
        expect(problemOf({ ...document, status })).toContain('lines: expected a list, found n');
      }
    }
  });

  it('accepts the order of a guest for a deleted product: whatever a warehouse can do without is null', () => {
    const bare = {
      orderNumber: '1',
      shopOrderId: 2,
      status: 'paid',
      currency: 'cny',
      placedAt: '2026-11-22 16:00:00+08',
      updatedAt: '2026-11-22T16:00:00+0800',
      lines: [{ quantity: '1.0000' }],
      totals: { grand: '1E+2' },
    };
    expect(parsed(bare)).toEqual({
      orderNumber: '1',
      shopOrderId: '2',
      status: 'paid',
      currency: 'CNY',
      placedAt: '2026-11-22T08:00:00.000Z',
      paidAt: null,
      cancelledAt: null,
      updatedAt: '2026-11-22T08:00:00.000Z',
      cancelReason: null,
      buyer: null,
      shippingAddress: null,
      lines: [
        {
          lineId: null,
          sku: null,
          name: null,
          quantity: 1,
          unitPrice: null,
          discount: null,
          tax: null,
          lineTotal: null,
        },
      ],
      totals: { items: null, shipping: null, tax: null, discount: null, refunded: null, grand: '100' },
      payments: [],
      buyerNote: null,
    });
  });

  describe('of fields that came later', () => {
    const given = anOrderDocument();
    const totals = { ...given.totals, fee: '1.00', adjustments: [{ kind: 'Gift card', amount: -5 }], taxIncluded: '1' };

    it('reads them where the shop put them, among those that are not known: the text of a stored order stays the same', () => {
      const line = { ...aLine(), colour: 'green', requiresShipping: 0, unitPriceDerived: '1', size: 'L' };
      const order = parsed({ ...given, totals, lines: [aLine(), line] });
      expect(JSON.stringify(order.totals)).toBe(
        JSON.stringify({
          ...given.totals,
          fee: '1.00',
          adjustments: [{ kind: 'gift_card', label: null, amount: '-5' }],
          taxIncluded: '1',
        }),
      );
      expect(JSON.stringify(order.lines[1])).toBe(
        JSON.stringify({ ...aLine(), colour: 'green', requiresShipping: false, unitPriceDerived: true, size: 'L' }),
      );
      expect(JSON.stringify(parsed(JSON.parse(JSON.stringify(order))))).toBe(JSON.stringify(order));
    });

    it('adds none that is absent', () => {
      const order = parsed(given);
      expect(Object.keys(order.totals)).toEqual(Object.keys(given.totals));
      expect(Object.keys(order.lines[0] ?? {})).toEqual(Object.keys(aLine()));
    });

    it.each<[string, object]>([
      [
        'totals.adjustments.0.kind',
        { totals: { ...given.totals, adjustments: [{ kind: 'tip', label: '', amount: '1' }] } },
      ],
      ['totals.adjustments.0.amount', { totals: { ...given.totals, adjustments: [{ kind: 'fee', amount: null }] } }],
      ['totals.original', { totals: { ...given.totals, original: '12.00' } }],
      ['lines.0.requiresShipping', { lines: [{ ...aLine(), requiresShipping: 'perhaps' }] }],
    ])('names the invalid one: %s', (field, overrides) => {
      expect(problemOf({ ...given, ...overrides })).toMatch(new RegExp(`^${field}: expected [^;]+$`));
    });
  });

  it('takes on_hold for paid and held, and not the on-hold of shops where that means unpaid', () => {
    expect(parsed({ ...anOrderDocument(), status: ' ON_HOLD ' }).status).toBe('on_hold');
    expect(problemOf({ ...anOrderDocument(), status: 'on-hold' })).toContain('status: expected one of');
  });

  it('reads hostile text in no time', () => {
    const digits = '9'.repeat(1_000_000);
    for (const grand of [`${digits}x`, `${' '.repeat(1_000_000)}x`, `1e${digits}`]) {
      expect(problemOf(anOrderDocument({ totals: { ...anOrderDocument().totals, grand } }))).toContain('totals.grand');
    }
    for (const updatedAt of [`${' '.repeat(1_000_000)}x`, `2026-11-22T08:00:05.${digits}`]) {
      expect(problemOf(anOrderDocument({ updatedAt }))).toContain('updatedAt');
    }
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
