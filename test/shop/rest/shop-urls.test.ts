import { describe, expect, it } from 'vitest';
import { ConfigError, SyncError } from '../../../src/errors.ts';
import { REST_SHOP_DEFAULTS, type RestShopOptions } from '../../../src/shop/rest/options.ts';
import { ShopUrls } from '../../../src/shop/rest/shop-urls.ts';

function problemsOf(templates: Partial<RestShopOptions> & { baseUrl: string }): readonly string[] {
  try {
    new ShopUrls({ ...REST_SHOP_DEFAULTS, ...templates });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
  }
  throw new Error('expected a ConfigError');
}

describe('ShopUrls', () => {
  const since = new Date('2026-11-22T08:00:00Z');

  it('joins the templates to the base', () => {
    const urls = new ShopUrls({ ...REST_SHOP_DEFAULTS, baseUrl: 'https://shop.example' });
    expect(urls.order('SO-1').href).toBe('https://shop.example/orders/SO-1');
    expect(urls.orders(['SO-1', '2']).href).toBe('https://shop.example/orders?numbers=SO-1,2');
    expect(urls.changes(since, 3).href).toBe(
      'https://shop.example/orders?updatedSince=2026-11-22T08%3A00%3A00.000Z&page=3',
    );
  });

  it.each([
    '/orders/{reference}',
    '/o/{reference}/{reference}.json?full=1&q=ü',
    '/x/%2{reference}',
    '/x/%{reference}',
    '/.{reference}',
  ])('gives the same path as the address, with %s', (orderPath) => {
    const urls = new ShopUrls({ ...REST_SHOP_DEFAULTS, baseUrl: 'https://shop.example/api', orderPath });
    for (const reference of ['10086', 'SO-1_2', 'A.b', '#1001', 'a b', 'ü', 'e', '2e', 'order-sync-sample']) {
      let expected: string | undefined;
      try {
        const { pathname, search } = urls.order(reference);
        expected = pathname + search;
      } catch {
        expect(() => urls.orderPath(reference)).toThrow(SyncError);
        continue;
      }
      expect(urls.orderPath(reference)).toBe(expected);
    }
  });

  it('lets no wrong reference into a path either', () => {
    const urls = new ShopUrls({ ...REST_SHOP_DEFAULTS, baseUrl: 'https://shop.example' });
    for (const reference of ['..', '', '1/..', '1?x']) expect(() => urls.orderPath(reference)).toThrow(SyncError);
  });

  it.each(['https://shop.example/api/v1', 'https://shop.example/api/v1/'])('keeps the path prefix of %s', (baseUrl) => {
    const urls = new ShopUrls({
      ...REST_SHOP_DEFAULTS,
      baseUrl,
      orderPath: '/o/{reference}.json?full=1',
      ordersPath: '/o?ids={references}&per_page={count}',
    });
    expect(urls.order('1').href).toBe('https://shop.example/api/v1/o/1.json?full=1');
    expect(urls.orders(['1', '2']).href).toBe('https://shop.example/api/v1/o?ids=1,2&per_page=2');
  });

  it.each(['..', '.', '', '../admin', '1/..', '1?x', '1%2F..', ' ', '\\', '1,2', '1\n'])(
    'does not let %j into a URL',
    (reference) => {
      const urls = new ShopUrls({ ...REST_SHOP_DEFAULTS, baseUrl: 'https://shop.example/api' });
      expect(() => urls.order(reference)).toThrow(SyncError);
      expect(() => urls.orders(['1', reference])).toThrow(expect.objectContaining({ reason: 'malformed_event' }));
    },
  );

  it.each([
    ['#1001', '%231001'],
    ['INV/2026/12', 'INV%2F2026%2F12'],
    ['SO 1001', 'SO%201001'],
    ['订单1001', '%E8%AE%A2%E5%8D%951001'],
    ['gid://shopify/Order/1', 'gid%3A%2F%2Fshopify%2FOrder%2F1'],
    ['T3JkZXI6MQ==', 'T3JkZXI6MQ%3D%3D'],
    ['@evil.example', '%40evil.example'],
    ['//evil.example', '%2F%2Fevil.example'],
    ['$1', '%241'],
  ])('encodes %s', (reference, encoded) => {
    const urls = new ShopUrls({ ...REST_SHOP_DEFAULTS, baseUrl: 'https://shop.example/api' });
    expect(urls.order(reference).href).toBe(`https://shop.example/api/orders/${encoded}`);
    expect(urls.orders(['1', reference]).href).toBe(`https://shop.example/api/orders?numbers=1,${encoded}`);
  });

  it.each([
    ['shop.example'],
    ['ftp://shop.example'],
    ['file:///etc/passwd'],
    ['https://user:secret@shop.example'],
    ['https://shop.example/?key=secret'],
    ['https://shop.example/#x'],
    [''],
  ])('refuses %s as the base', (baseUrl) => {
    const [problem] = problemsOf({ baseUrl });
    expect(problem).toMatch(/^SHOP_BASE_URL: expected /);
    expect(problem).not.toContain('secret');
  });

  it.each([
    ['/orders', 'contains {reference}'],
    ['/orders/{number}', 'contains {reference}'],
    ['/orders/{reference}/{id}', 'unknown placeholder {id}'],
    ['orders/{reference}', 'starts with one "/"'],
    ['//evil.example/{reference}', 'starts with one "/"'],
    ['https://evil.example/{reference}', 'starts with one "/"'],
    ['/../{reference}', 'without ".."'],
    ['/a/%2e%2e/{reference}', 'without ".."'],
    ['/orders/{reference}#x', 'no "#"'],
    ['\\orders/{reference}', 'starts with one "/"'],
    ['/\\evil.example/{reference}', 'without ".."'],
  ])('refuses %s as a template', (orderPath, expected) => {
    const [problem] = problemsOf({ baseUrl: 'https://shop.example/api', orderPath });
    expect(problem).toContain('SHOP_ORDER_PATH: ');
    expect(problem).toContain(expected);
  });

  it('names all wrong templates at once, but none of their queries', () => {
    const problems = problemsOf({
      baseUrl: 'https://shop.example',
      orderPath: '/orders?key=secret',
      ordersPath: '/orders?key=secret',
      changesPath: '/orders?key=secret&since={since}',
      placedPath: '/orders?key=secret&page={page}',
    });
    expect(problems).toHaveLength(4);
    expect(problems.join()).toContain('contains {since} and {page}');
    expect(problems.join()).not.toContain('secret');
  });
});
