import { describe, expect, test } from 'vitest';
import { anEnvironment, configOf, problemsOf } from './environments.ts';

describe('typical mistakes, answered with what to do', () => {
  test('nothing is configured', () => {
    expect(problemsOf({})).toEqual([
      'RABBITMQ_URL: not set; expected amqp://user:password@host:5672, or RABBITMQ_HOST, RABBITMQ_USERNAME and RABBITMQ_PASSWORD instead.',
      'SHOP_BASE_URL: not set; expected https://shop.example, or a module of your own in SHOP_ADAPTER.',
    ]);
  });

  test('a misspelt variable', () => {
    expect(problemsOf(anEnvironment({ SHOP_TIMOUT_MS: '500' }))).toEqual([
      'SHOP_TIMOUT_MS: there is no such variable. Did you mean SHOP_TIMEOUT_MS?',
    ]);
  });

  test('a unit in a number', () => {
    expect(problemsOf(anEnvironment({ SHOP_TIMEOUT_MS: '10s' }))).toEqual([
      'SHOP_TIMEOUT_MS: found "10s"; expected milliseconds as a whole number from 1 to 600000.',
    ]);
  });

  test('an address in place of a host', () => {
    expect(
      problemsOf({
        SHOP_BASE_URL: 'shop.example',
        RABBITMQ_HOST: 'amqp://mq.example:5672',
        RABBITMQ_USERNAME: 'u',
        RABBITMQ_PASSWORD: 'p',
        RABBITMQ_VHOST: '%2F',
      }),
    ).toEqual([
      'RABBITMQ_HOST: found "amqp://mq.example:5672"; expected names or IP addresses, each once, if need be with a port: a:5672, b, [::1]:5672, but host 1 has a port that is not a number from 1 to 65535.',
      'RABBITMQ_VHOST: found "%2F"; expected a plain name such as / (not %2F).',
      'SHOP_BASE_URL: found "shop.example"; expected https://shop.example or https://shop.example/api, without user, password and query (a token goes into SHOP_TOKEN).',
    ]);
  });

  test('a path without its placeholder', () => {
    expect(problemsOf(anEnvironment({ SHOP_ORDER_PATH: '/orders/{orderNumber}' }))).toEqual([
      'SHOP_ORDER_PATH: found "/orders/{orderNumber}"; expected a path that starts with "/" and holds {reference}.',
    ]);
  });

  test('certificates are not checked', () => {
    expect(problemsOf(anEnvironment({ NODE_TLS_REJECT_UNAUTHORIZED: '0' }))).toEqual([
      'NODE_TLS_REJECT_UNAUTHORIZED: found "0", which accepts any certificate; expected it unset, and the CA of a private certificate in RABBITMQ_CA_FILE or NODE_EXTRA_CA_CERTS.',
    ]);
  });

  test('Kubernetes sets a variable of ours', () => {
    expect(problemsOf(anEnvironment({ RABBITMQ_PORT: 'tcp://10.0.0.7:5672' }))[0]).toContain('enableServiceLinks');
  });

  test('all at once', () => {
    expect(problemsOf({ SHOP_BASE_URL: 'x', LOG_LEVEL: 'y', OPS_PORT: 'z', RABITMQ_URL: 'amqp://host' })).toHaveLength(
      5,
    );
  });
});

describe('misspelt names', () => {
  test.each([
    ['RABBITMQ_QEUE', 'RABBITMQ_QUEUE'],
    ['RABBITMQ_QUEUETYPE', 'RABBITMQ_QUEUE_TYPE'],
    ['RABITMQ_PASSWORD', 'RABBITMQ_PASSWORD'],
    ['RABBIT_MQ_PASSWORD', 'RABBITMQ_PASSWORD'],
    ['rabbitmq_host', 'RABBITMQ_HOST'],
    ['RABBITMQ_USER', 'RABBITMQ_USERNAME'],
    ['RABBITMQ_PASSWORD_FIEL', 'RABBITMQ_PASSWORD_FILE'],
    ['SHOP_URL', 'SHOP_BASE_URL'],
    ['SHOP_BASEURL', 'SHOP_BASE_URL'],
    ['SHOP_ORDER_PATHS', 'SHOP_ORDER_PATH'],
    ['SHOP_ORDERS_PATHS', 'SHOP_ORDERS_PATH'],
    ['RABBITMQ_TSL', 'RABBITMQ_TLS'],
    ['INTERNAL_SYSTEM_URI', 'INTERNAL_SYSTEM_URL'],
    ['RETRY_DELAY_MS', 'RETRY_DELAYS_MS'],
    ['SHUTDOWN_TIMEOUT', undefined],
    ['SHUTDOWN_TIMEOUT_SM', 'SHUTDOWN_TIMEOUT_MS'],
    ['RECONCILE_EVERY', undefined],
    ['RECONCILE_EVERY_SM', 'RECONCILE_EVERY_MS'],
    ['LOG_LEVLE', 'LOG_LEVEL'],
    ['OPS_TOKN', 'OPS_TOKEN'],
  ])('%s was meant to be %s', (name, meant) => {
    expect(problemsOf(anEnvironment({ [name]: 'x' }))).toEqual(
      meant === undefined ? [] : [`${name}: there is no such variable. Did you mean ${meant}?`],
    );
  });

  test('other unknown names with our prefixes are warnings', () => {
    expect(configOf({ SHOP_COLOUR: 'red', RABBITMQ_SOMETHING: 'x' }).warnings).toEqual([
      'RABBITMQ_SOMETHING: there is no such variable; it is ignored.',
      'SHOP_COLOUR: there is no such variable; it is ignored.',
    ]);
  });

  test.each([
    'RABBITMQ_NODENAME',
    'RABBITMQ_HOME',
    'RABBITMQ_DEFAULT_USER',
    'RABBITMQ_SERVICE_HOST',
    'RABBITMQ_PORT_5672_TCP_ADDR',
    'SHOP_PORT',
    'SHOP_SERVICE_PORT_HTTP',
    'OS_TOKEN',
    'LOGLEVEL',
    'LOG_DIR',
    'PATH',
  ])('%s is not a mistake', (name) => {
    expect(configOf({ [name]: 'x' }).warnings).toEqual([]);
  });
});
