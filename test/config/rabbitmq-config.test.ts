import { describe, expect, expectTypeOf, test } from 'vitest';
import { endpointsOf } from '../../src/broker/endpoint.ts';
import { checkOptions, type RabbitMQOptions } from '../../src/broker/options.ts';
import { type Environment, loadConfig, type RabbitMQConfig } from '../../src/config/load-config.ts';
import { anEnvironment, configOf, MINIMAL, problemsOf, urlOf } from './environments.ts';

describe('the broker', () => {
  const parts = { RABBITMQ_URL: undefined, RABBITMQ_HOST: 'mq', RABBITMQ_USERNAME: 'u', RABBITMQ_PASSWORD: 'p' };

  test('in parts', () => {
    expect(endpointsOf(configOf(parts).rabbitmq)).toEqual([
      { host: 'mq', port: 5672, username: 'u', password: 'p', vhost: '/', tls: undefined },
    ]);
    expect(configOf(parts).rabbitmq).not.toHaveProperty('tls');
    expect(
      configOf({ ...parts, RABBITMQ_HOST: '::1', RABBITMQ_PORT: '5673', RABBITMQ_VHOST: 'shop 1' }).rabbitmq,
    ).toMatchObject({ hosts: ['::1'], port: 5673, vhost: 'shop 1' });
  });

  test('in parts has another default port with TLS', () => {
    expect(endpointsOf(configOf({ ...parts, RABBITMQ_TLS: 'true' }).rabbitmq)).toMatchObject([{ port: 5671, tls: {} }]);
    expect(configOf({ ...parts, RABBITMQ_TLS: 'false' }).rabbitmq).not.toHaveProperty('tls');
  });

  test('fits the options of the RabbitMQ class', () => {
    expectTypeOf<RabbitMQConfig>().toExtend<RabbitMQOptions>();
    expect(checkOptions(configOf({ ...parts, RABBITMQ_TLS: 'true' }).rabbitmq).endpoints()).toMatchObject([
      { host: 'mq', port: 5671, tls: {} },
    ]);
    expect(checkOptions(loadConfig(MINIMAL).rabbitmq).endpoints()[0].port).toBe(5672);
  });

  test('by address and in parts at once is a problem for each part', () => {
    expect(
      problemsOf(anEnvironment({ RABBITMQ_HOST: 'mq', RABBITMQ_PASSWORD: 'secret', RABBITMQ_TLS: 'true' })),
    ).toEqual([
      'RABBITMQ_HOST: RABBITMQ_URL is set as well; expected only one of the two.',
      'RABBITMQ_PASSWORD: RABBITMQ_URL is set as well; expected only one of the two.',
      'RABBITMQ_TLS: RABBITMQ_URL is set as well; expected only one of the two.',
    ]);
  });

  test('missing altogether is one problem, not three', () => {
    expect(problemsOf({ SHOP_BASE_URL: 'https://shop.example' })).toEqual([
      'RABBITMQ_URL: not set; expected amqp://user:password@host:5672, or RABBITMQ_HOST, RABBITMQ_USERNAME and RABBITMQ_PASSWORD instead.',
    ]);
  });

  test('given in half names the missing half', () => {
    expect(problemsOf(anEnvironment({ RABBITMQ_URL: undefined, RABBITMQ_HOST: 'mq', RABBITMQ_USERNAME: 'u' }))).toEqual(
      ['RABBITMQ_PASSWORD: not set; expected a value, because RABBITMQ_HOST and RABBITMQ_USERNAME are set.'],
    );
  });

  test('a file cannot replace a value that is not a secret', () => {
    const env = { ...parts, RABBITMQ_HOST: undefined, RABBITMQ_HOST_FILE: '/run/secrets/host' };
    expect(problemsOf(anEnvironment(env))).toEqual([
      'RABBITMQ_HOST: not set; expected a value, because RABBITMQ_USERNAME and RABBITMQ_PASSWORD are set.',
    ]);
  });

  test.each([
    ['http://guest:guest@localhost'],
    ['localhost:5672'],
    ['amqp://u:12/34@host'],
    ['amqp://u:p#ss@host'],
    ['amqp://u:12#34@host'],
    ['amqp://host?heartbeat=5'],
    ['amqp://host\n'],
  ])('the address %j is refused', (url) => {
    expect(problemsOf(anEnvironment({ RABBITMQ_URL: url }))).toEqual([
      'RABBITMQ_URL: found a value that is not shown here; expected amqp://user:password@host:5672/vhost (amqps:// for TLS; several hosts as @a:5672,b,c/) without a query, special characters percent-encoded.',
    ]);
  });

  test.each(['amqp://host', 'amqps://u:p%23ss@[::1]:5671/my%2Fvhost', 'amqp://u:p@host/%2F'])(
    'the address %j is fine',
    (url) => {
      expect(urlOf(configOf({ RABBITMQ_URL: url }))).toBe(url);
    },
  );
});

describe('exchange and routing keys', () => {
  const problem = (changes: Environment) => problemsOf(anEnvironment(changes));

  test.each([
    [{}, { exchange: 'orders', exchangeType: 'direct', routingKey: ['orders'] }],
    [{ RABBITMQ_ROUTING_KEY: 'order.paid, order.cancelled' }, { routingKey: ['order.paid', 'order.cancelled'] }],
    [
      { RABBITMQ_EXCHANGE: 'amq.topic', RABBITMQ_ROUTING_KEY: 'order.*,shop.#' },
      { exchangeType: 'topic', routingKey: ['order.*', 'shop.#'] },
    ],
    [
      { RABBITMQ_EXCHANGE_TYPE: 'topic', RABBITMQ_ROUTING_KEY: '#' },
      { exchangeType: 'topic', routingKey: ['#'] },
    ],
    [{ RABBITMQ_EXCHANGE: 'amq.match' }, { exchangeType: 'headers' }],
    [{ RABBITMQ_EXCHANGE: 'amq.default', RABBITMQ_ROUTING_KEY: 'orders' }, { routingKey: ['orders'] }],
    [{ RABBITMQ_EXCHANGE_TYPE: 'x-random', RABBITMQ_ROUTING_KEY: '*a' }, { exchangeType: 'x-random' }],
    // Others bind a passive queue, whatever the settings say.
    [{ RABBITMQ_DECLARE: 'passive', RABBITMQ_ROUTING_KEY: 'order.*' }, { declare: 'passive' }],
  ])('%o', (changes, expected) => {
    expect(configOf(changes).rabbitmq).toMatchObject(expected);
  });

  test.each(['fanout', 'headers'])('a %s exchange needs no routing key, and takes none', (type) => {
    expect(configOf({ RABBITMQ_EXCHANGE_TYPE: type }).rabbitmq).not.toHaveProperty('routingKey');
    expect(problem({ RABBITMQ_EXCHANGE_TYPE: type, RABBITMQ_ROUTING_KEY: 'orders' })).toEqual([
      `RABBITMQ_ROUTING_KEY: found "orders", but a ${type} exchange ignores routing keys; expected nothing.`,
    ]);
  });

  test.each(['order.*', 'orders,#', '*', 'shop.#.paid'])('the pattern %j on a direct exchange is a mistake', (key) => {
    const found = problem({ RABBITMQ_ROUTING_KEY: key });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(
      /^RABBITMQ_ROUTING_KEY: found ".+", but a direct exchange knows no patterns; expected a plain key, or a topic exchange\.$/,
    );
  });

  test.each(['topic', 'direct'])('a "*" that is part of a word is a mistake on a %s exchange', (type) => {
    expect(problem({ RABBITMQ_EXCHANGE_TYPE: type, RABBITMQ_ROUTING_KEY: 'order*' })).toEqual([
      'RABBITMQ_ROUTING_KEY: found "order*", in which "*" is part of a word, but stands for a whole one; expected a pattern such as order.*.',
    ]);
  });

  test.each(['a,,b', 'a,', ',a', ',', `a,${'b'.repeat(256)}`])('%j is no list of routing keys', (key) => {
    expect(problem({ RABBITMQ_ROUTING_KEY: key })[0]).toMatch(
      /^RABBITMQ_ROUTING_KEY: found .* separated by single commas/,
    );
  });

  test.each([
    [
      { RABBITMQ_EXCHANGE: 'amq.topic', RABBITMQ_EXCHANGE_TYPE: 'direct' },
      /^RABBITMQ_EXCHANGE_TYPE: found direct for amq.topic; expected topic, or nothing\.$/,
    ],
    [
      { RABBITMQ_EXCHANGE: 'amq.default', RABBITMQ_ROUTING_KEY: 'paid' },
      /^RABBITMQ_ROUTING_KEY: found "paid", but amq.default routes by the name of the queue; expected "orders", or nothing\.$/,
    ],
    [
      { RABBITMQ_EXCHANGE: 'amq.nonsense' },
      /^RABBITMQ_EXCHANGE: found "amq.nonsense"; expected a name .* or one of amq.default, amq.direct/,
    ],
    [
      { RABBITMQ_EXCHANGE_TYPE: 'Topic' },
      /^RABBITMQ_EXCHANGE_TYPE: found "Topic"; expected one of direct, topic, fanout, headers/,
    ],
    [
      { RABBITMQ_QUEUE_TYPE: 'stream' },
      /^RABBITMQ_QUEUE_TYPE: found "stream"; expected one of classic, quorum: a stream does not/,
    ],
    [{ RABBITMQ_DECLARE: 'no' }, /^RABBITMQ_DECLARE: found "no"; expected one of active, passive/],
  ])('%o is a mistake', (changes, expected) => {
    expect(problem(changes)).toEqual([expect.stringMatching(expected)]);
  });
});
