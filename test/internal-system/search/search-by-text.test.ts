import { expect, it } from 'vitest';
import type { OrderSearch, OrdersFound } from '../../../src/internal-system/search/order-search.ts';
import { MAX_PARTS, searchByText } from '../../../src/internal-system/search/search-by-text.ts';
import type { SqlInternalSystem } from '../../../src/internal-system/sql/sql-internal-system.ts';
import { write } from '../helpers/one-order.ts';
import { describeDatabases } from '../helpers/test-databases.ts';

describeDatabases(
  'what a person types',
  (workbench) => {
    async function systemWith(...orderNumbers: string[]): Promise<SqlInternalSystem> {
      const system = await workbench.open();
      for (const orderNumber of orderNumbers) await write(system, { orderNumber });
      await system.prepareSearch(() => undefined);
      return system;
    }

    /** By part: the orders found, or in brackets what was looked for in vain. */
    async function find(system: SqlInternalSystem, text: string, mayKnow = true): Promise<string[]> {
      const { parts } = await searchByText(system, text, mayKnow);
      return parts.map(({ hits, reference, personal }) =>
        hits.length === 0
          ? `(${reference ?? personal})`
          : hits.map(({ record }) => record.orderNumber ?? record.reference).join('+'),
      );
    }

    it.each([
      '１００８８',
      ' 10088\t',
      '100 88',
      '#10088',
      '订单号：10088',
      'Order no. 10088',
      'id-10088',
      '您好，我的订单10088还没到，谢谢',
      'Hello, when will my order 10088 arrive? Regards',
    ])('%j finds 10088', async (text) => {
      const found = await find(await systemWith('10088'), text);
      expect(found.filter((part) => !part.startsWith('('))).toEqual(['10088']);
    });

    it('what matches exactly is the answer, and of all that is only like it, none is left out', async () => {
      const system = await systemWith('so-1', 'SO-1', 'A9', 'a9', '007', '7');
      expect(await find(system, 'SO-1')).toEqual(['SO-1']);
      expect(await find(system, 'ＳＯ-1')).toEqual(['SO-1+so-1']);
      expect(await find(system, 'a9')).toEqual(['a9']);
      expect(await find(system, 'a 9')).toEqual(['a9+A9']);
      expect(await find(system, '007')).toEqual(['007']);
      expect(await find(system, '07')).toEqual(['(07)']);
    });

    it('answers for each of several, of which each is named as it was typed', async () => {
      const system = await systemWith('10087', '10088', '10089');
      expect(await find(system, '10087,10088、999；#10089')).toEqual(['10087', '10088', '(999)', '10089']);
      expect(await find(system, '10087\r\n10088\n\n10087')).toEqual(['10087', '10088']);
      const { parts } = await searchByText(system, '10087 \n #10088', true);
      expect(parts.map(({ text, hits }) => [text, hits[0]?.isRead])).toEqual([
        ['10087', false],
        ['#10088', true],
      ]);
    });

    it('says how much of a long list it left out', async () => {
      const many = Array.from({ length: MAX_PARTS + 7 }, (_, index) => `9${index}`).join('\n');
      const { parts, skipped } = await searchByText(await systemWith('90'), many, false);
      expect([parts.length, skipped, parts[0]?.hits.length]).toEqual([MAX_PARTS, 7, 1]);
    });

    it('searches by what is known of a buyer for those who may, and says so to the others', async () => {
      const system = await systemWith('B1');
      for (const text of ['王小明', 'xiaoming@example.com', 'XIAOMING', '138 0000 0000', '手机尾号：0000']) {
        expect([text, await find(system, text)]).toEqual([text, ['B1']]);
        const { parts, personalKinds } = await searchByText(system, text, false);
        expect([text, parts[0]?.hits, parts[0]?.personal, personalKinds]).toEqual([text, [], 'forbidden', []]);
      }
      const { personalKinds } = await searchByText(system, '138 0000 0000', true);
      expect(personalKinds).toEqual(['phone']);
    });

    it('an order number comes before a phone that ends alike, unless the phone is named', async () => {
      const system = await systemWith('0000', 'B2');
      expect(await find(system, '0000')).toEqual(['0000']);
      expect((await find(system, '手机 0000'))[0]?.split('+').toSorted()).toEqual(['0000', 'B2']);
    });

    it('takes no part of an address for an order number, and shows both where a part of a phone may be one', async () => {
      const system = await systemWith('138', '20088');
      expect(await find(system, '20088@example.com')).toEqual(['(done)']);
      expect((await find(system, '138 0000 0000'))[0]?.split('+')).toEqual(['138', '20088']);
    });

    it('does not look for an order number by a name, and calls nothing found what cannot be one', async () => {
      const system = await systemWith();
      expect(await find(system, '李四四')).toEqual(['(done)']);
      expect(await find(system, 'nobody@example.com')).toEqual(['(done)']);
      expect(await find(system, '…')).toEqual(['(done)']);
      expect(await find(system, ' \u200B ')).toEqual([]);
    });
  },
  ['SQLite'],
);

it('an internal system that cannot search finds orders by number all the same, and says what it cannot', async () => {
  const system = { findOrders: async () => [] };
  const { parts } = await searchByText(system, '王小明', true);
  expect(parts).toMatchObject([{ hits: [], personal: 'unsupported' }]);
});

it('asks for little, whatever is typed', async () => {
  let lookups = 0;
  const searches: OrderSearch[] = [];
  const system = {
    findOrders: async () => {
      lookups += 1;
      return [];
    },
    searchOrders: async (search: OrderSearch): Promise<OrdersFound> => {
      searches.push(search);
      return { orders: [], hasMore: false, isReady: true };
    },
  };
  await searchByText(
    system,
    'a1 b2 c3 d4 e5 f6 g7\n'.repeat(2_000).replaceAll('\n', (_, at: number) => `${at}\n`),
    true,
  );
  expect(lookups).toBeLessThanOrEqual(401);
  expect(Math.max(0, ...searches.map(({ terms }) => terms.length))).toBeLessThanOrEqual(10);
});
