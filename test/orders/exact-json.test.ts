import { describe, expect, it } from 'vitest';
import { JsonLimitError, parseExactJson } from '../../src/orders/exact-json.ts';

/** Numbers that a shop may send, and what each must become. */
const NUMBERS: readonly [source: string, expected: string | number][] = [
  ['0', 0],
  ['-7', -7],
  ['129.40', 129.4],
  ['1.5e3', 1500],
  ['9007199254740991', 9007199254740991],
  ['9007199254740992', '9007199254740992'],
  ['-9007199254740993', '-9007199254740993'],
  ['20261122000123456789', '20261122000123456789'],
  ['20261122000000000000', '20261122000000000000'],
  ['1000000000000000000000', '1000000000000000000000'],
  ['123456789012.34', 123456789012.34],
  ['12345678901234567.89', '12345678901234567.89'],
  ['8683.6631375', 8683.6631375],
  ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
  ['1e400', '1e400'],
  ['1e-400', '1e-400'],
];

describe('parseExactJson', () => {
  it.each(NUMBERS)('reads %s exactly, alone and nested', (source, expected) => {
    expect(parseExactJson(source)).toBe(expected);
    expect(parseExactJson(`{"a":[{"b":${source}}]}`)).toEqual({ a: [{ b: expected }] });
  });

  it('loses no digit of a whole number of 1 to 30 digits', () => {
    for (let digits = 1; digits <= 30; digits++) {
      for (const source of [
        '9'.repeat(digits),
        `1${'0'.repeat(digits - 1)}`,
        '1234567890'.repeat(3).slice(0, digits),
      ]) {
        expect(String(parseExactJson(source))).toBe(source);
      }
    }
  });

  it('reads everything but numbers as JSON.parse does', () => {
    const text = '{"a":null,"b":[true,false,"20261122000123456789",""],"c":{"d":"\\u738b\\ud83c\\udf75"},"a":1}';
    expect(parseExactJson(text)).toEqual(JSON.parse(text));
  });

  it('drops a __proto__ key and changes no prototype', () => {
    const value = parseExactJson('{"__proto__":{"polluted":1},"a":{"__proto__":[],"b":2}}');
    expect(value).toEqual({ a: { b: 2 } });
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect({}).not.toHaveProperty('polluted');
  });

  it.each(['', '{', '{"a":1,}', "{'a':1}", '01', 'NaN', '{"a":1}x', '"\u0001"'])('refuses %j as not JSON', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it('allows 64 levels and no more', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect(() => parseExactJson(nested(64))).not.toThrow();
    expect(() => parseExactJson(nested(65))).toThrow(RangeError);
    expect(() => parseExactJson('{"a":'.repeat(100_000) + 1 + '}'.repeat(100_000))).toThrow(RangeError);
  });

  it('counts levels, not brackets: siblings and text do not add up', () => {
    expect(parseExactJson(`[${'[],{},'.repeat(100)}1]`)).toHaveLength(201);
    expect(parseExactJson(JSON.stringify(['[{'.repeat(100), '\\"[['.repeat(100)]))).toHaveLength(2);
  });

  it('allows 250,000 values and no more, whatever they are', () => {
    const flat = (values: number) => `[${'0,'.repeat(values - 1)}0]`;
    expect(parseExactJson(flat(250_000))).toHaveLength(250_000);
    expect(() => parseExactJson(flat(250_001))).toThrow('more than 250000 values');
    expect(() => parseExactJson(`[${'{},'.repeat(125_001)}0]`)).toThrow(JsonLimitError);
    expect(parseExactJson(JSON.stringify(','.repeat(300_000)))).toHaveLength(300_000);
  });

  it('keeps millions of digits without computing with them', () => {
    const source = `1.${'1'.repeat(1_000_000)}`;
    expect(parseExactJson(source)).toBe(source);
  });
});
