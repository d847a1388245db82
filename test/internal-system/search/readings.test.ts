import { describe, expect, it } from 'vitest';
import { personalTerms, withoutCountryCode } from '../../../src/internal-system/search/personal-terms.ts';
import { referenceReadings, referencesWithin } from '../../../src/internal-system/search/references.ts';

describe('an order number, however it is written', () => {
  it.each([
    ['１００８８', '10088'],
    ['2026 1124 0001', '202611240001'],
    ['2026\u00A01124\u200B\t0001', '202611240001'],
    ['\uFEFF10088\u200E', '10088'],
    ['100\u000088', '100 88'],
    ['#10088', '10088'],
    ['＃10088', '10088'],
    ['10088', '#10088'],
    ['订单号：10088', '10088'],
    ['我的订单编号: 10088。', '10088'],
    ['Order no. 10088', '10088'],
    ['ORDER #10088', '10088'],
    ['order-10088', 'ORDER-10088'],
    ['“10088”', '10088'],
    ['【10088】', '10088'],
    ['so-2026-0004', 'SO-2026-0004'],
    ['SO-2026-0004', 'so-2026-0004'],
    ['no 007', '007'],
  ])('%j may be %s', (text, expected) => {
    expect(referenceReadings(text)).toContain(expected);
  });

  it('keeps leading zeros, and all digits', () => {
    const digits = (text: string) => text.replace(/\D/g, '');
    for (const reading of referenceReadings('No. 000 123')) expect(digits(reading)).toBe('000123');
  });

  it('does not take a word that begins like a label for one', () => {
    expect(referenceReadings('nora1').map((reading) => reading.toLowerCase())).toEqual(
      expect.not.arrayContaining(['a1']),
    );
    expect(referenceReadings('ORDERLY-7')).not.toContain('LY-7');
    expect(referenceReadings('no?number')).not.toContain('number');
  });

  it('finds numbers within a sentence, also one in groups', () => {
    expect(referencesWithin('您好，我的订单10088还没到，2026 1124 0001 也没有')).toEqual(
      expect.arrayContaining(['10088', '202611240001']),
    );
    expect(referencesWithin('Where is SO-2026-0004? Thanks')).toContain('SO-2026-0004');
    expect(referencesWithin('no number here')).toEqual([]);
  });

  it('reads a long text in no time, and as few numbers', () => {
    expect(referencesWithin('1 '.repeat(100_000)).length).toBeLessThanOrEqual(12);
    expect(referencesWithin('a'.repeat(100_000))).toEqual([]);
  });
});

describe('what is known of a buyer', () => {
  it.each([
    ['+86 138-0013-8000', ['phone:8613800138000']],
    ['8000', ['phone:8000']],
    ['手机尾号 8000', ['phone:8000']],
    ['Xiao.Ming@Example.com', ['email:xiao.ming@example.com']],
    ['王小明', ['name:王小明']],
    ['收件人：王 小明', ['name:王小明']],
    ['Li Ming', ['name:liming']],
    ['liming', ['email:liming', 'name:liming']],
    ['SF1234567890', ['tracking-number:SF1234567890']],
    ['运单号 sf 1234 567 890', ['tracking-number:SF1234567890']],
  ])('%s', (text, expected) => {
    const terms = personalTerms(text).terms.map(({ kind, text }) => `${kind}:${text}`);
    expect(terms).toEqual(expect.arrayContaining(expected));
  });

  it.each(['王', 'Li', '123', '@', ''])('%j is too little to search for', (text) => {
    expect(personalTerms(text).terms).toEqual([]);
  });

  it('a number goes by its country code or without', () => {
    expect(withoutCountryCode('8613800138000')).toContain('13800138000');
    expect(withoutCountryCode('00442079460000')).toContain('02079460000');
    expect(withoutCountryCode('13800138000')).not.toContain('800138000');
    expect(withoutCountryCode('8000')).toEqual([]);
  });
});
