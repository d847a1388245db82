import { expect, test } from 'vitest';
import { CONTRACT } from '../../../src/commands/test-adapter/contract.ts';
import { fetchSamples, newestOf } from '../../../src/commands/test-adapter/gather.ts';
import { PoliteShop } from '../../../src/commands/test-adapter/polite-shop.ts';
import { SyncError } from '../../../src/errors.ts';
import type { ShopClient } from '../../../src/shop/shop-client.ts';
import { CLIENT_FAULTS } from './client-faults.ts';
import { ORDER_FAULTS } from './order-faults.ts';
import { having, runContract } from './run-contract.ts';
import { aStandInShop, NEWEST } from './stand-in-shop.ts';

const refused = new SyncError('shop_refused_credentials', 'The shop refused the token.');
const refusing = { fetchOrders: () => Promise.reject(refused), check: () => Promise.reject(refused) };

const findingsOf = (client: ShopClient, stranger: ShopClient = { ...client, ...refusing }) =>
  runContract(client, stranger);

test('a good shop passes every check, and each says what it has seen', async () => {
  const found = await findingsOf(aStandInShop());
  expect(having(found, 'wrong', 'odd', 'skipped')).toEqual([]);
  expect(Object.keys(found)).toEqual(CONTRACT.map(({ name }) => name));
  expect(found['fetching']?.[0]?.message).toMatch(/^50 orders fetched, up to 10 at once/);
  expect(found['states']?.[0]?.message).toMatch(/10 pending \(such as \d+\), 20 paid .* 10 completed .* 10 cancelled/);
});

test.each([...ORDER_FAULTS, ...CLIENT_FAULTS])(
  '%s are noticed, by the check of %s alone',
  async (_, check, fault, message) => {
    const found = await findingsOf(aStandInShop(fault));
    expect({ checks: having(found, 'wrong', 'odd'), messages: JSON.stringify(found[check]) }).toEqual({
      checks: [check],
      messages: expect.stringMatching(message),
    });
    expect(JSON.stringify(found)).not.toMatch(/王小明|文三路|138 0000/);
  },
);

test.each([
  ['takes any token', {}, 'odd', /takes a token that is wrong/],
  ['checks nothing', { fetchOrders: refusing.fetchOrders }, 'wrong', /check\(\) passes with a token/],
  [
    'fails with another reason',
    { ...refusing, check: () => Promise.reject(new SyncError('shop_error', 'HTTP 401.')) },
    'wrong',
    /expected shop_refused_credentials/,
  ],
] as const)('a shop that, with a wrong token, %s', async (_, stranger, verdict, message) => {
  const client = aStandInShop();
  const found = await findingsOf(client, { ...client, ...stranger });
  expect(having(found, 'wrong', 'odd')).toEqual(['credentials']);
  expect(found['credentials']).toEqual([expect.objectContaining({ verdict, message: expect.stringMatching(message) })]);
});

test('what the module itself throws is shown with its place, and never with what it read', async () => {
  const codeFault = (error: Error) => ({ client: () => ({ now: () => Promise.reject(error) }) });
  const ofCode = await findingsOf(aStandInShop(codeFault(new TypeError('order.lines is not iterable'))));
  expect(ofCode['clock']?.[0]?.message).toMatch(
    /shop_error: TypeError: order.lines is not iterable, at .*contract.test.ts/,
  );
  const ofParser = await findingsOf(aStandInShop(codeFault(new SyntaxError('Unexpected token in "王小明"'))));
  expect(JSON.stringify(ofParser['clock'])).not.toContain('王小明');
});

test('a shop that goes down ends the test: that is not the adapter’s fault', async () => {
  const down = new SyncError('shop_unreachable', 'No connection.');
  const shop = aStandInShop({ client: () => ({ now: () => Promise.reject(down) }) });
  await expect(findingsOf(shop)).rejects.toBe(down);
});

test('the newest orders are taken, however many there are, and a shop that wants a pause gets it', async () => {
  const limited = new SyncError('shop_rate_limited', 'Wait.', { retryAfterMs: 1 });
  let refusals = 1;
  const client = aStandInShop({
    client: (shop) => ({
      fetchOrders: (references, signal) =>
        refusals-- > 0 ? Promise.reject(limited) : shop.fetchOrders(references, signal),
    }),
  });
  const shop = new PoliteShop(client, new AbortController().signal);
  const newest = await newestOf(shop, 'listPlacedSince', 20, new Date());
  expect(newest.map(({ shopOrderId }) => shopOrderId)).toEqual(
    Array.from({ length: 20 }, (_, index) => String(9040 + index)),
  );
  expect(Date.parse(newest.at(-1)?.updatedAt ?? '')).toBe(NEWEST);
  const samples = await fetchSamples(
    shop,
    newest.map((stub) => ({ reference: stub.orderNumber, stub })),
  );
  expect(samples.map(({ result }) => result?.kind)).toEqual(Array(20).fill('order'));
});
