import { describe, expect, it } from 'vitest';
import { withoutValues } from '../../src/orders/without-values.ts';

const ORDER = {
  orderNumber: 'A-1001',
  status: 'paid',
  currency: 'CNY',
  buyer: { name: '王小明', email: 'wang@example.cn', phone: '+86 138-0013-8000' },
  shippingAddress: { recipient: 'Anna O’Hara', lines: ['8 Main Street', 'Floor 2'], postcode: '310000' },
  lines: [{ sku: 'TEA-250', name: 'Tea to go', quantity: 2, lineTotal: '120.00' }],
  totals: { grand: '129.40' },
  engraving: { text: 'For Marie-Luise' },
};

describe('the words of a trigger', () => {
  it.each([
    ['we do not sell to 王小明.', 'we do not sell to ….'],
    ['WANG@EXAMPLE.CN is blocked', '… is blocked'],
    ['13800138000 or 8613800138000', '… or …'],
    ['anna lives in main street', '… lives in … …'],
    ['article TEA-250 (Tea to go) is out: no tea to sell', 'article … (…) is out: no tea to sell'],
    ['129.400000000000 or 129.4 or 129.40 or 120', '… or … or … or …'],
    ['For Marie-Luise, Marie-Luise', '…, …'],
    ['order A-1001 is paid in CNY', 'order A-1001 is paid in CNY'],
    ['cut off: wang@exam', 'cut off: …'],
    ['two\nlines', 'two lines'],
  ])('%s → %s', (words, told) => {
    expect(withoutValues(words, [ORDER])).toBe(told);
  });

  it('may quote what was stored before', () => {
    const before = { ...ORDER, buyer: { name: 'Somebody Else' } };
    expect(withoutValues('Somebody Else is now 王小明', [ORDER, before])).toBe('… is now …');
    expect(withoutValues('as it is', [null, 'text', 3])).toBe('as it is');
  });
});
