import { describe, expect, test } from 'vitest';
import { type Answer, aDelivery, anEndpoint, aSignal, aSink } from './an-endpoint.ts';

async function upsertAnswered(answer: Answer) {
  const { url } = await anEndpoint(() => answer);
  return (await aSink(url)).upsert(aDelivery(), aSignal());
}

describe('an order is delivered', () => {
  test.each([
    ['with no body', { status: 204 }, {}],
    [
      'with a body of blanks, in whatever type',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '\n' },
      {},
    ],
    ['with an id', { status: 201, body: '{"erpId":4711}' }, { erpId: '4711' }],
    ['with a conflict', { status: 200, body: '{"conflict":"cancelled"}' }, { conflict: ['cancelled'] }],
    [
      'with all of it, and whatever else the endpoint says',
      { status: 200, body: '{"erpId":"SO-7","conflict":["items_added"],"note":"price  list\\n2","ok":true}' },
      { erpId: 'SO-7', conflict: ['items_added'], note: 'price list 2' },
    ],
    ['with nulls', { status: 200, body: '{"erpId":null,"conflict":null,"note":null}' }, {}],
  ])('%s', async (_, answer, result) => {
    expect(await upsertAnswered(answer)).toEqual(result);
  });
});

describe('an order is not delivered', () => {
  test.each([
    [400, 'write_rejected', /refused the order \(HTTP 400\), and did not say why/],
    [409, 'write_rejected', /holds a newer revision.*backup/],
    [413, 'write_rejected', /refused/],
    [422, 'write_rejected', /refused/],
    [401, 'internal_system_refused_credentials', /refused the signature.*INTERNAL_SYSTEM_HTTP_SECRET.*clock/],
    [403, 'internal_system_refused_credentials', /refused the signature/],
    [404, 'internal_system_unavailable', /no endpoint at this address.*INTERNAL_SYSTEM_HTTP_URL/],
    [405, 'internal_system_unavailable', /a PUT is taken there/],
    [301, 'internal_system_unavailable', /Redirects are not followed/],
    [408, 'write_failed', /HTTP 408/],
    [425, 'write_failed', /HTTP 425/],
    [500, 'write_failed', /HTTP 500/],
    [504, 'write_failed', /HTTP 504/],
    [502, 'internal_system_unavailable', /HTTP 502/],
  ])('HTTP %d: %s', async (status, reason, message) => {
    const error = await upsertAnswered({ status }).catch((thrown) => thrown);
    // A gateway's answer is none of the endpoint's, which may still be at it.
    const isOver = status !== 502 && status !== 504;
    expect(error).toMatchObject({ reason, message: expect.stringMatching(message), isOver });
  });

  test.each([
    [429, { retryAfterMs: 7000, mayEndSooner: false }],
    [503, { retryAfterMs: 7000, mayEndSooner: true }],
  ])('HTTP %d asks to wait', async (status, waits) => {
    const upsert = upsertAnswered({ status, headers: { 'retry-after': '7' } });
    await expect(upsert).rejects.toMatchObject({ reason: 'internal_system_unavailable', ...waits });
  });

  test('a login page with HTTP 200 is not the endpoint', async () => {
    const upsert = upsertAnswered({ status: 200, body: ' <html><form>Sign in</form></html>' });
    await expect(upsert).rejects.toMatchObject({ reason: 'internal_system_unavailable' });
  });

  test.each([
    ["PHP's own error", '<br />\n<b>Fatal error</b>: Uncaught PDOException'],
    ['a word', 'OK'],
    ['a conflict that is none', '{"conflict":"whatever"}'],
    ['an id that is none', '{"erpId":{"id":7}}'],
  ])('%s with HTTP 200 says nothing, and is not quoted', async (_, body) => {
    const error = await upsertAnswered({ status: 200, body }).catch((thrown) => thrown);
    expect(error).toMatchObject({ reason: 'write_failed' });
    expect(error.message).not.toMatch(/PDOException|whatever/);
  });

  test('a page without end is cut off', async () => {
    const upsert = upsertAnswered({ status: 200, body: 'x'.repeat(300_000) });
    await expect(upsert).rejects.toMatchObject({ reason: 'write_failed' });
  });
});

describe("the endpoint's own reason", () => {
  const refused = async (error: unknown) =>
    upsertAnswered({ status: 422, body: JSON.stringify({ error }) }).then(
      () => 'it was not refused',
      (thrown: Error) => thrown.message,
    );

  test('reaches the person who has to act, with articles and numbers', async () => {
    expect(await refused('unknown article TEA-LJ-250 in 20261122000123456789.')).toBe(
      'The endpoint refused the order (HTTP 422): unknown article TEA-LJ-250 in 20261122000123456789.',
    );
  });

  test('loses what it quotes of the buyer', async () => {
    const said = await refused(
      'customer 王小明 (XIAOMING@example.com, other@mail.example, +86 138 0000 0000) in 杭州市 文三路 1 号 2 幢 301: 请周末送货',
    );
    expect(said).not.toMatch(/王小明|example|138|0000|杭州市|文三路|周末/i);
    expect(said).toContain('customer …');
  });

  test('keeps words that a name is part of', async () => {
    const { url } = await anEndpoint(() => ({
      status: 422,
      body: '{"error":"no price list for Ann: annual list missing"}',
    }));
    const buyer = { id: null, name: 'Ann', email: null, phone: null };
    const upsert = (await aSink(url)).upsert(aDelivery({ buyer, shippingAddress: null }), aSignal());
    await expect(upsert).rejects.toThrow('no price list for …: annual list missing.');
  });

  test('is one short line', async () => {
    expect((await refused(`line\n${'long '.repeat(200)}`)).length).toBeLessThan(400);
  });

  test('is left out where it is no text', async () => {
    expect(await refused({ name: '王小明' })).not.toContain('王小明');
  });
});
