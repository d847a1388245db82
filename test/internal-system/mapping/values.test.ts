import { describe, expect, it } from 'vitest';
import {
  bmp,
  consignee,
  fen,
  flag,
  fullAddress,
  instant,
  localTime,
  mobile,
  statusCode,
  truncate,
  unixSeconds,
  yuan,
} from '../../../src/internal-system/mapping/index.ts';
import { anAddress, anOrder } from '../../helpers/order-builder.ts';

describe('times', () => {
  it('are seconds, a clock in a zone, or instants', () => {
    expect(unixSeconds('2026-11-29T09:23:37.999Z')).toBe(1795944217);
    expect(localTime('2026-11-29T09:23:37.999Z', 'Asia/Shanghai')).toBe('2026-11-29 17:23:37');
    expect(localTime('2026-11-29T16:00:00.000Z', 'Asia/Shanghai')).toBe('2026-11-30 00:00:00');
    expect(instant('2026-11-29T09:23:37.999Z')).toEqual(new Date('2026-11-29T09:23:37.999Z'));
  });

  it('say "never" as the column does', () => {
    expect([unixSeconds(null), unixSeconds(null, 0), localTime(null, 'UTC'), instant(null)]).toEqual([
      null,
      0,
      null,
      null,
    ]);
  });
});

describe('amounts', () => {
  it('are exact', () => {
    expect([yuan('129.4'), yuan('0'), yuan('-3.50'), yuan('12345678901234567.89')]).toEqual([
      '129.40',
      '0.00',
      '-3.50',
      '12345678901234567.89',
    ]);
    expect([fen('129.40'), fen('0.07'), fen('8.200')]).toEqual([12940, 7, 820]);
  });

  it('are never rounded', () => {
    expect(() => yuan('0.005')).toThrow('more than two decimals');
    expect(() => fen('0.005')).toThrow('no whole number of cents');
    expect(() => fen('123456789012345678.00')).toThrow('more than 13 digits');
  });

  it('may be missing', () => {
    expect([yuan(null), yuan(null, '0.00'), fen(null), fen(null, 0)]).toEqual([null, '0.00', null, 0]);
  });
});

describe('statusCode', () => {
  const codes = { pending: 0, paid: 1, on_hold: 1, completed: 5, refunded: 4, cancelled: 2 };

  it('gives the code of the state', () => {
    expect(statusCode(anOrder({ status: 'cancelled' }), codes)).toBe(2);
    expect(statusCode(anOrder({ status: 'pending' }), codes)).toBe(0);
  });

  it('wants all six, whichever the order has', () => {
    const { on_hold: _, ...five } = codes;
    // @ts-expect-error A state is missing.
    expect(() => statusCode(anOrder(), five)).toThrow('no code for on_hold');
  });
});

describe('texts', () => {
  it('are cut by characters, not by halves of them', () => {
    expect([truncate('龙井茶🍵🍵', 4), truncate('龙井', 4), truncate(null, 4)]).toEqual(['龙井茶🍵', '龙井', null]);
  });

  it('lose what takes four bytes, and show where a name lacks a character', () => {
    expect(bmp('Tea 🍵👨‍👩‍👧 for 𠮷田')).toBe('Tea  for 〓田');
    expect(bmp('“Śląsk” 龙井')).toBe('“Śląsk” 龙井');
  });

  it('flags are 1 and 0', () => {
    expect([flag(true), flag(false), flag(null)]).toEqual([1, 0, 0]);
  });
});

describe('people', () => {
  it('are whom the parcel goes to, or else the buyer', () => {
    const buyer = { id: null, name: 'Li Ming', email: null, phone: '0571-8888 6666' };
    const order = anOrder({ buyer, shippingAddress: anAddress({ recipient: '', phone: null }) });
    expect([consignee(order), mobile(order)]).toEqual(['Li Ming', '057188886666']);
    expect([consignee(anOrder()), mobile(anOrder())]).toEqual(['王小明', '13800000000']);
    expect(consignee(anOrder({ buyer: null, shippingAddress: null }))).toBe('');
  });

  it.each([
    ['0086 138-0000-0000', '13800000000'],
    ['+8613800000000', '13800000000'],
    ['+1 (555) 010-9999', '+15550109999'],
  ])('%s is kept as %s', (phone, kept) => {
    expect(mobile(anOrder({ shippingAddress: anAddress({ phone }) }))).toBe(kept);
  });

  it('live at an address on one line', () => {
    expect(fullAddress(anAddress())).toBe('浙江省杭州市西湖区文三路 1 号 2 幢 301');
    expect(fullAddress(anAddress({ province: '北京市', city: '北京市' }))).toBe('北京市西湖区文三路 1 号 2 幢 301');
    const abroad = { province: null, city: 'Kraków', district: null, lines: ['ul. Długa 1', 'm. 2'] };
    expect(fullAddress(anAddress(abroad))).toBe('Kraków ul. Długa 1 m. 2');
    expect(fullAddress(null)).toBe('');
  });
});
