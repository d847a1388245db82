import { describe, expect, it } from 'vitest';
import { FIELDS } from '../../../scripts/schemas/order-schema.ts';
import { explainTotals } from '../../../src/commands/validate/explain-totals.ts';
import { reviewReply } from '../../../src/commands/validate/review-reply.ts';
import { parseOrder } from '../../../src/orders/order.ts';
import { sampleWith, VALUES } from '../../docs/sample-order.ts';
import { aLine, anOrder, anOrderDocument, type OrderDocument } from '../../helpers/order-builder.ts';

function problemsOf(order: object): string[] {
  const [review] = reviewReply(JSON.parse(JSON.stringify(order))).orders;
  return (review?.problems ?? []).map(({ places, text }) => `${places.join(', ')}: ${text}`);
}

describe('the review of an order', () => {
  it.each(FIELDS.map(({ path }) => [path]))(
    'finds a problem in %s exactly where the order would be refused',
    (path) => {
      const differing = VALUES.filter((json) => {
        const order = sampleWith(path, json);
        const [review] = reviewReply({ orders: [order] }).orders;
        const isAccepted = 'order' in parseOrder(order);
        return review?.fits !== isAccepted || (review.problems.length === 0) !== isAccepted;
      });
      expect(differing).toEqual([]);
    },
  );

  it('names every problem, those of all lines too, and says of many alike where they are', () => {
    const broken = { ...aLine(), quantity: 'two' };
    const order = {
      ...anOrderDocument(),
      status: 'shipped',
      placedAt: 1795334405,
      lines: [broken, aLine(), broken, {}, broken, broken],
    };
    const problems = problemsOf({ ...order, currency: '¥', totals: {}, paidAt: '0000-00-00 00:00:00' });
    expect(problems).toHaveLength(7);
    expect(problems.join('\n')).toContain('lines[0].quantity, lines[2].quantity, lines[4].quantity: expected a number');
    expect(problems.join('\n')).toContain('lines[3].quantity: expected a number');
    expect(problems.join('\n')).toContain('status: expected one of pending, paid');
    expect(problems.join('\n')).toContain('totals.grand: expected an exact decimal');
  });

  it.each<[string, object, string]>([
    ['a time without a zone', { updatedAt: '2026-11-22 08:00:05' }, 'append Z if it is UTC'],
    ['a number for a time', { placedAt: 1795334405 }, 'seconds or milliseconds'],
    ['a zero date', { paidAt: '0000-00-00 00:00:00' }, 'send null'],
    ['thousands', { totals: { grand: '1,234.50' } }, 'Leave out the commas'],
    ['a decimal comma', { totals: { grand: '12,40' } }, 'Write a decimal point'],
    ['a currency sign', { totals: { grand: '12.40 €' } }, 'Send digits only'],
    ['a state of the shop\u2019s own', { status: 'processing' }, 'Map the shop\u2019s own states'],
    [
      'another spelling of a name',
      { orderNumber: undefined, order_number: 7 },
      'There is a field "order_number": call it orderNumber.',
    ],
    ['texts in several languages', { lines: [{ quantity: 1, name: { zh: '茶' } }] }, 'send one of them'],
  ])('says how to mend %s', (_, overrides, hint) => {
    const problems = problemsOf({ ...anOrderDocument(), ...overrides });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(hint);
  });

  it('says what is stored in another form and what is not known, and no value that may be about a person', () => {
    const secret = 'secret-of-a-person';
    const [review] = reviewReply({
      ...anOrderDocument(),
      status: 'PAID',
      shopOrderId: 98231,
      buyer: { name: { secret }, phone: 13800000000, [`${'vip'}`]: secret },
      shippingAddress: { lines: secret },
      buyerNote: [secret],
      channel: secret,
    }).orders;
    expect(review?.converted.map(({ field, text }) => [field, text])).toEqual([
      ['shopOrderId', 'stored in another form: 98231 becomes "98231"'],
      ['status', 'stored in another form: "PAID" becomes "paid"'],
      ['buyer.phone', 'stored in another form'],
      ['shippingAddress.lines', 'stored in another form'],
    ]);
    expect(review?.unknown.map(({ field }) => field)).toEqual(['buyer.vip', 'channel']);
    expect(review?.problems.map(({ field }) => field)).toEqual(['buyer.name', 'buyerNote']);
    expect(JSON.stringify(review)).not.toMatch(/secret|13800000000/);
  });
});

describe('the sums', () => {
  const sums = (totals: Partial<OrderDocument['totals']>, lines?: OrderDocument['lines']) =>
    explainTotals(
      anOrder({ totals: { ...anOrderDocument().totals, ...totals }, ...(lines === undefined ? {} : { lines }) }),
    );

  it('are spelled out', () => {
    expect(sums({})).toEqual({
      addUp: true,
      text: ['items 119.40 + shipping 10.00 + tax 0.00 − discount 0.00 = 129.40'],
    });
  });

  it.each<[Partial<OrderDocument['totals']>, string]>([
    [
      { grand: '130.00' },
      'items 119.40 + shipping 10.00 + tax 0.00 − discount 0.00 = 129.40, but totals.grand says 130.00: 0.60 more.',
    ],
    [{ grand: '130.00' }, 'send it in totals.adjustments'],
    [{ tax: '5.00', taxIncluded: false }, 'It adds up if prices contain the tax'],
    [{ discount: '9.00' }, 'It adds up without the discount'],
    [{ refunded: '9.40', grand: '120.00' }, 'It is lower by what was refunded'],
    [{ adjustments: [{ kind: 'gift_card', label: 'SECRET', amount: '-20' }] }, '+ gift_card -20.00 = 109.40'],
  ])('of %j are wrong, and why', (totals, expected) => {
    const { addUp, text } = sums(totals);
    expect([addUp, text.length]).toEqual([false, 1]);
    expect(text[0]).toContain(expected);
    expect(text[0]).not.toContain('SECRET');
  });

  it('of a line are wrong, and may come from dividing', () => {
    const { text } = sums({}, [aLine({ quantity: 7, unitPrice: '1.43', discount: '0', lineTotal: '10.03' }), aLine()]);
    expect(text).toEqual([
      'lines[0]: quantity 7 × unitPrice 1.43 − discount 0.00 + tax 0.00 = 10.01, but lineTotal says 10.03. If the unit price was got by dividing, send unitPriceDerived: true.',
    ]);
  });
});

describe('the review of a reply', () => {
  const order = anOrderDocument({ orderNumber: '7' });
  const stub = (updatedAt: string, orderNumber = updatedAt) => ({ orderNumber, status: 'paid', updatedAt });

  it.each<[string, unknown, boolean, RegExp]>([
    ['many orders', { orders: [order] }, true, /^$/],
    ['none', { orders: [] }, true, /It holds no order/],
    ['one order twice', { orders: [order, order] }, true, /Order 7 is in it more than once/],
    [
      'a page',
      { orders: [stub('2026-11-22T08:00:00Z', 'a'), stub('2026-11-22T09:00:00Z', 'b')], nextPage: 2 },
      true,
      /^$/,
    ],
    [
      'a page, newest first',
      { orders: [stub('2026-11-22T09:00:00Z', 'a'), stub('2026-11-22T08:00:00Z', 'b')], nextPage: null },
      false,
      /oldest first/,
    ],
    ['a page that names itself as the next', { orders: [], nextPage: 1 }, false, /^nextPage/],
    ['a bare list', [order], false, /^It is a list/],
    ['an envelope', { code: 0, data: order }, false, /inside "data"/],
    ['an error', { error: 'busy' }, false, /neither an orderNumber nor a shopOrderId/],
    ['text', 'busy', false, /neither an orderNumber nor a shopOrderId/],
    ['orders that are no list', { orders: { 7: order } }, false, /expected a list/],
  ])('with %s', (_, reply, fits, said) => {
    const review = reviewReply(JSON.parse(JSON.stringify(reply)));
    expect(review.fits).toBe(fits);
    expect([...review.problems, ...review.notes].join('\n')).toMatch(said);
  });
});
