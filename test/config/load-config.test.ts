import { describe, expect, expectTypeOf, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { ShopUrls } from '../../src/shop/rest/shop-urls.ts';
import { anEnvironment, configOf, MINIMAL, problemsOf, urlOf } from './environments.ts';

describe('defaults', () => {
  test('only the addresses of broker and shop must be set', () => {
    expect(loadConfig(MINIMAL)).toEqual({
      shopName: 'shop',
      rabbitmq: {
        url: expect.any(Function),
        exchange: 'orders',
        exchangeType: 'direct',
        queue: 'orders',
        routingKey: ['orders'],
        declare: 'active',
        queueType: 'classic',
        prefetch: 128,
      },
      shop: {
        rest: {
          baseUrl: 'https://shop.example',
          orderPath: '/orders/{reference}',
          ordersPath: '/orders?numbers={references}',
          batchSize: 1,
          changesPath: '/orders?updatedSince={since}&page={page}',
          placedPath: '/orders?placedSince={since}&page={page}',
          token: undefined,
          authHeader: 'Authorization',
          authScheme: 'Bearer',
          timeoutMs: 10_000,
          concurrency: 16,
          requestsPerSecond: undefined,
          maxResponseBytes: 5 * 1024 * 1024,
        },
      },
      internalSystem: { url: 'sqlite:data/internal.db' },
      retryDelaysMs: [5_000, 30_000, 300_000, 1_800_000],
      shutdownTimeoutMs: 30_000,
      reconcile: { everyMs: 900_000, deepEveryMs: undefined },
      ackMemoryFile: 'data/acked.db',
      reportShipments: false,
      log: { level: 'info', file: undefined },
      ops: undefined,
      notifySocket: undefined,
      warnings: [],
      env: MINIMAL,
    });
  });

  test('an empty variable counts as unset', () => {
    const empty = configOf({ RABBITMQ_QUEUE: '', SHOP_TOKEN: ' ', OPS_PORT: '', SHOP_TIMEOUT_MS: '  ' });
    const unset = loadConfig(MINIMAL);
    const rabbitmq = { ...unset.rabbitmq, url: expect.any(Function) };
    expect(empty).toEqual({ ...unset, rabbitmq, env: empty.env });
  });

  test('blanks around a value are ignored, those of a secret are kept', () => {
    const config = configOf({ SHOP_TIMEOUT_MS: ' 500\r', SHOP_TOKEN: ' with blanks ' });
    expect(config.shop).toMatchObject({ rest: { timeoutMs: 500, token: ' with blanks ' } });
  });
});

describe('the shop', () => {
  test('its address may end in a slash', () => {
    expect(configOf({ SHOP_BASE_URL: 'https://shop.example/api/' }).shop).toMatchObject({
      rest: { baseUrl: 'https://shop.example/api' },
    });
  });

  test('http:// is a warning, unless it stays on this machine', () => {
    expect(configOf({ SHOP_BASE_URL: 'http://shop.example' }).warnings).toEqual([
      'SHOP_BASE_URL: http:// sends orders and credentials unencrypted; use https://.',
    ]);
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3:8080', '[::1]:8080']) {
      expect(configOf({ SHOP_BASE_URL: `http://${host}` }).warnings).toEqual([]);
    }
    expect(configOf({ SHOP_BASE_URL: 'http://127.0.0.1.evil.example' }).warnings).toHaveLength(1);
  });

  test.each(['SHOP_ORDER_PATH', 'SHOP_ORDERS_PATH', 'SHOP_CHANGES_PATH', 'SHOP_PLACED_PATH'])(
    '%s must contain its placeholders, and no others',
    (name) => {
      for (const path of [
        '/orders',
        'orders/{reference}{references}{since}{page}',
        '/o/{id}',
        '/o?{since}{page}{references}{reference}',
      ]) {
        expect(problemsOf(anEnvironment({ [name]: path }))).toHaveLength(1);
      }
    },
  );

  test('path templates may contain more than the placeholders', () => {
    const { shop } = configOf({ SHOP_ORDERS_PATH: '/o?ids={references}&per_page={count}&status=any' });
    expect(shop).toMatchObject({ rest: { ordersPath: '/o?ids={references}&per_page={count}&status=any' } });
  });

  test('is complete: the REST shop takes it as it is', () => {
    const { shop } = loadConfig(MINIMAL);
    const urls = 'rest' in shop ? new ShopUrls(shop.rest) : undefined;
    expect(urls?.order('10086').href).toBe('https://shop.example/orders/10086');
  });

  test('the scheme none sends the token alone', () => {
    expect(configOf({ SHOP_AUTH_SCHEME: 'none' }).shop).toMatchObject({ rest: { authScheme: '' } });
  });

  test('may be a preset, which takes its credentials from the environment', () => {
    const config = configOf({ SHOP_PRESET: 'woocommerce', SHOP_KEY: 'ck', SHOP_SECRET: 'cs' });
    expect(config.shop).toEqual({ preset: 'woocommerce', baseUrl: 'https://shop.example' });
    expect(config.warnings).toEqual([]);
    expect(config.env).toMatchObject({ SHOP_KEY: 'ck' });
  });

  test('with a preset, what describes another shop is ignored, with a warning unless it is the default', () => {
    const settings = { SHOP_PRESET: 'woocommerce', SHOP_ORDER_PATH: '/o/{reference}', SHOP_BATCH_SIZE: '1' };
    expect(configOf(settings).warnings).toEqual([
      'SHOP_ORDER_PATH: it is ignored, as SHOP_PRESET=woocommerce knows better.',
    ]);
  });

  test('without a preset, the credentials of one are ignored, with a warning', () => {
    expect(configOf({ SHOP_KEY: 'ck' }).warnings).toEqual(['SHOP_KEY: it is ignored without SHOP_PRESET.']);
  });

  test('cannot be a preset that does not exist, that has no address, or a module as well', () => {
    expect(problemsOf(anEnvironment({ SHOP_PRESET: 'woocomerce' }))).toEqual([
      expect.stringMatching(/^SHOP_PRESET: found "woocomerce"; expected one of .*woocommerce/),
    ]);
    expect(problemsOf(anEnvironment({ SHOP_PRESET: 'woocommerce', SHOP_BASE_URL: undefined }))).toEqual([
      expect.stringMatching(/^SHOP_BASE_URL: not set/),
    ]);
    expect(problemsOf(anEnvironment({ SHOP_PRESET: 'woocommerce', SHOP_ADAPTER: './my-shop.ts' }))).toEqual([
      'SHOP_PRESET: SHOP_ADAPTER is set as well; expected only one of the two.',
    ]);
    expect(problemsOf(anEnvironment({ SHOP_TYPE: 'woocommerce' }))).toEqual([
      'SHOP_TYPE: there is no such variable. Did you mean SHOP_PRESET?',
    ]);
  });

  test('with a module, the other variables are left to it', () => {
    const config = configOf({
      SHOP_BASE_URL: undefined,
      SHOP_ADAPTER: './my-shop.ts',
      SHOP_ORDER_PATH: 'whatever',
      SHOP_TENANT: 'own',
      SHOP_TOKENS: 'own',
      SHOP_X_KEY: 'own',
    });
    expect(config.shop).toEqual({ adapter: './my-shop.ts' });
    expect(config.warnings).toEqual(['SHOP_TOKENS: unless your module reads it, did you mean SHOP_TOKEN?']);
    expect(config.env).toMatchObject({ SHOP_ORDER_PATH: 'whatever' });
  });

  test('with a module, its name is still checked', () => {
    expect(problemsOf(anEnvironment({ SHOP_ADAPTER: './my-shop.ts', SHOP_NAME: 'My Shop' }))).toEqual([
      'SHOP_NAME: found "My Shop"; expected 1 to 40 lower-case letters, digits and inner hyphens.',
    ]);
  });
});

describe('the internal system', () => {
  test.each([
    'sqlite:data/internal.db',
    'sqlite:/var/lib/order-sync/internal.db',
    'postgres://u:p%23@host/db',
    'postgresql://%2Fvar%2Frun%2Fpostgresql/db',
    'mysql://root@127.0.0.1:3306/db',
    'mariadb://host/db',
  ])('%s is fine', (url) => {
    expect(configOf({ INTERNAL_SYSTEM_URL: url }).internalSystem).toEqual({ url });
  });

  test.each([
    'oracle://host/db',
    'data/internal.db',
    'sqlite:',
    'postgres://u:12#34@host/db',
    'postgres://u:a%b@host/db',
    'mysql:host',
  ])('%s is refused', (url) => {
    expect(problemsOf(anEnvironment({ INTERNAL_SYSTEM_URL: url }))).toHaveLength(1);
  });

  test('with a module, the address is left to it', () => {
    const config = configOf({ INTERNAL_SYSTEM: './my-erp.ts', INTERNAL_SYSTEM_URL: 'https://erp.example' });
    expect(config.internalSystem).toEqual({
      module: './my-erp.ts',
      ledger: { url: 'https://erp.example' },
      isUrlGiven: true,
    });
  });
});

describe('the operations port', () => {
  const token = 'a-token-of-more-than-16';

  test('is on when OPS_PORT is set', () => {
    expect(configOf({ OPS_PORT: '9464' }).ops).toEqual({ port: 9464, host: '127.0.0.1', token: undefined });
  });

  test('needs a token if other machines can reach it', () => {
    expect(problemsOf(anEnvironment({ OPS_PORT: '9464', OPS_HOST: '0.0.0.0' }))).toEqual([
      'OPS_TOKEN: not set although OPS_HOST 0.0.0.0 can be reached from other machines; expected at least 16 visible ASCII characters, or OPS_HOST=127.0.0.1.',
    ]);
    expect(configOf({ OPS_PORT: '9464', OPS_HOST: '0.0.0.0', OPS_TOKEN: token }).ops?.token).toBe(token);
    expect(configOf({ OPS_PORT: '9464', OPS_HOST: '::1' }).ops?.host).toBe('::1');
  });

  test('a viewer token needs an operator token, and differs from it', () => {
    const viewer = 'a-token-of-more-than-16';
    expect(problemsOf(anEnvironment({ OPS_PORT: '9464', OPS_VIEWER_TOKEN: viewer }))).toEqual([
      'OPS_TOKEN: not set although OPS_VIEWER_TOKEN is; expected both, or OPS_TOKEN alone.',
    ]);
    expect(problemsOf(anEnvironment({ OPS_PORT: '9464', OPS_TOKEN: viewer, OPS_VIEWER_TOKEN: viewer }))).toEqual([
      'OPS_VIEWER_TOKEN: the same as OPS_TOKEN; expected another one, which may only look.',
    ]);
  });

  test('a short token is refused without being shown', () => {
    expect(problemsOf(anEnvironment({ OPS_TOKEN: 'short' }))).toEqual([
      'OPS_TOKEN: found a value that is not shown here; expected at least 16 visible ASCII characters without spaces.',
    ]);
  });
});

test.each([
  ['RABBITMQ_PREFETCH', ['0', '65536', '-1', '1.5', '1e3', '0x10', 'many']],
  ['RABBITMQ_QUEUE', ['amq.orders', 'q'.repeat(201)]],
  ['RABBITMQ_QUEUE_TYPE', ['mirrored', 'Classic']],
  ['SHOP_NAME', ['Shop', 'a_b', '-a', 'a'.repeat(41)]],
  ['SHOP_REQUESTS_PER_SECOND', ['0', '0.0', '-1', '.', '1,5']],
  ['SHOP_TIMEOUT_MS', ['0', '10s', '600001', '99999999999999999999']],
  ['RETRY_DELAYS_MS', ['0', '5000,', '30000,5000', '5s', '5000 30000', '604800001', '1,1,1,1,1,1,1,1,1,1,1']],
  ['LOG_LEVEL', ['verbose', 'INFO', 'silent']],
  ['OPS_PORT', ['0', '70000', 'off']],
])('%s never silently becomes its default', (name, values) => {
  for (const value of values) {
    const problems = problemsOf(anEnvironment({ [name]: value }));
    expect(problems, value).toHaveLength(1);
    expect(problems[0]).toContain(`${name}: found "${value.slice(0, 100)}`);
  }
});

test('lists and decimals are read exactly', () => {
  const config = configOf({ RETRY_DELAYS_MS: '100, 100,2000', SHOP_REQUESTS_PER_SECOND: '0.5' });
  expect(config.retryDelaysMs).toEqual([100, 100, 2000]);
  expect(config.shop).toMatchObject({ rest: { requestsPerSecond: 0.5 } });
});

describe('a command that needs only a part', () => {
  test('neither requires the others nor checks them', () => {
    const env = { RABBITMQ_URL: 'amqp://host', SHOP_TIMEOUT_MS: 'nonsense', INTERNAL_SYSTEM_URL_FILE: '/nowhere' };
    const config = loadConfig(env, ['rabbitmq']);
    expect(urlOf(config)).toBe('amqp://host');
    expect(config).not.toHaveProperty('shop');
    expectTypeOf(config).not.toHaveProperty('shop');
    expect(loadConfig({}, ['internalSystem']).internalSystem).toEqual({ url: 'sqlite:data/internal.db' });
  });

  test('still reports problems of its own part', () => {
    expect(problemsOf({ SHOP_TIMEOUT_MS: 'nonsense' }, ['rabbitmq'])).toHaveLength(1);
    expect(problemsOf({ LOG_LEVEL: 'nonsense' }, ['internalSystem'])).toHaveLength(1);
  });
});

test("systemd's watchdog is fed only if it watches this process", () => {
  const watchdogMs = (env: Record<string, string>) => loadConfig(env, []).watchdogMs;
  expect(watchdogMs({})).toBeUndefined();
  expect(watchdogMs({ WATCHDOG_USEC: '60000000' })).toBe(60_000);
  expect(watchdogMs({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: String(process.pid) })).toBe(60_000);
  expect(watchdogMs({ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '1' })).toBeUndefined();
  for (const WATCHDOG_USEC of ['', '0', '-1', 'soon']) expect(watchdogMs({ WATCHDOG_USEC })).toBeUndefined();
});
