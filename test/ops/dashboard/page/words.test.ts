import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { OUTCOMES } from '../../../../src/delivery/outcome.ts';
import { FAILURE_REASONS } from '../../../../src/errors.ts';
import { AUDIT_ACTIONS } from '../../../../src/internal-system/audit-store.ts';
import { CONFLICTS } from '../../../../src/internal-system/conflicts.ts';
import { LEDGER_STATES } from '../../../../src/internal-system/ledger.ts';
import { CONSUMPTION_STATES } from '../../../../src/ops/dashboard/messages.ts';
import { chooseLanguage, locale, t } from '../../../../src/ops/dashboard/page/language/words.js';
import { en } from '../../../../src/ops/dashboard/page/strings/en/index.js';
import { zh } from '../../../../src/ops/dashboard/page/strings/zh/index.js';
import { ADJUSTMENT_KINDS, ORDER_STATUSES } from '../../../../src/orders/order.ts';

const PAGE = new URL('../../../../src/ops/dashboard/page/', import.meta.url);
const names = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).toSorted();

describe('the dictionaries', () => {
  test('have the same keys', () => {
    expect(Object.keys(zh)).toEqual(Object.keys(en));
  });

  test('fill in the same values, and say something each', () => {
    const chinese: Record<string, string> = zh;
    for (const [key, text] of Object.entries(en)) {
      const [one = '', many = one] = text.split('|');
      expect(names(chinese[key] ?? ''), key).toEqual(names(many));
      expect(one.trim(), key).not.toBe('');
      expect(chinese[key]?.trim(), key).not.toBe('');
    }
  });

  test.each([
    ['reason', [...FAILURE_REASONS, 'unknown']],
    ['todo', [...FAILURE_REASONS, 'unknown']],
    ['outcome', [...OUTCOMES, 'discarded', 'conflict']],
    ['conflict', CONFLICTS],
    ['match', ['order-number', 'shop-id', 'former-number', 'event']],
    ['pending', LEDGER_STATES.filter((state) => state !== 'synced' && state !== 'undelivered')],
    ['state', CONSUMPTION_STATES],
    ['answer', LEDGER_STATES],
    ['status', ORDER_STATUSES],
    ['sum', ADJUSTMENT_KINDS],
    ['action', AUDIT_ACTIONS],
    ['role', ['operator', 'viewer', 'shell']],
  ] as const)('have a word for every %s', (kind, values) => {
    expect(Object.keys(en)).toEqual(expect.arrayContaining(values.map((value) => `${kind}.${value}`)));
  });

  test('hold nothing that the page does not use', () => {
    const program = readdirSync(PAGE, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.js') && !file.startsWith('strings'))
      .map((file) => readFileSync(new URL(file, PAGE), 'utf8'))
      .join('\n');
    // Keys that are put together, such as `reason.${reason}`.
    const families = [...program.matchAll(/`([\w-]+)\.(?:\$\{[^}]+\})(?:\.(\w+))?`/g)].map(
      ([, family, rest]) => new RegExp(`^${family}\\.[\\w-]+${rest === undefined ? '' : `\\.${rest}`}$`),
    );
    const unused = Object.keys(en).filter(
      (key) => !program.includes(`'${key}'`) && !families.some((family) => family.test(key)),
    );
    expect(unused).toEqual([]);
  });
});

describe('the language', () => {
  afterEach(() => chooseLanguage('en', ['en']));

  test.each([
    [null, ['zh-CN', 'en'], 'zh-CN'],
    [null, ['de', 'zh-TW', 'en'], 'zh-TW'],
    [null, ['de-DE'], 'en'],
    [null, ['en-GB', 'zh'], 'en-GB'],
    ['zh', ['en-GB'], 'zh-CN'],
    ['klingon', ['zh'], 'zh'],
  ] as const)('chosen %s, offered %j: %s', (wanted, offered, expected) => {
    chooseLanguage(wanted, offered);
    expect(locale()).toBe(expected);
  });

  test('counts as the language does', () => {
    chooseLanguage('en', ['en']);
    expect([t('chart.orders', { n: 1 }), t('chart.orders', { n: 1234 })]).toEqual(['1 order', '1,234 orders']);
    chooseLanguage('zh', []);
    expect(t('chart.orders', { n: 1 })).toBe('1 笔订单');
  });
});
