import { expect, test } from 'vitest';
import { parseOrder } from '../../src/orders/order.ts';
import { withoutBuyer } from '../../src/orders/without-buyer.ts';
import { anOrder } from '../helpers/order-builder.ts';

const NO_TOTALS = { items: null, shipping: null, tax: null, discount: null, grand: null };

test('what is left of an order is an order, and stays as it is when it is read again', () => {
  const adjustments = [{ kind: 'fee' as const, label: 'for 王小明', amount: '1.00' }];
  const totals = {
    ...anOrder().totals,
    taxIncluded: true,
    adjustments,
    original: { ...NO_TOTALS, grand: '130.40' },
  };
  const left = withoutBuyer(anOrder({ totals, gift: 'for 王小明' }));
  expect(JSON.stringify(left)).not.toMatch(/王小明|xiaoming|2026112222001400001/);
  expect(parseOrder(JSON.parse(JSON.stringify(left)))).toEqual({ order: left });
  expect(left.lines).toHaveLength(2);
  expect(left.totals).toMatchObject({ grand: '129.40', taxIncluded: true, original: { grand: '130.40' } });
  expect(withoutBuyer(left)).toEqual(left);
});
