import { describe, expect, expectTypeOf, test } from 'vitest';
import { checkOptions, type RabbitMQOptions } from '../../src/broker/options.ts';
import { loadConfig, type RabbitMQConfig } from '../../src/config/load-config.ts';
import { anEnvironment, configOf, MINIMAL, problemsOf } from './environments.ts';

describe('the broker', () => {
  const parts = { RABBITMQ_URL: undefined, RABBITMQ_HOST: 'mq', RABBITMQ_USERNAME: 'u', RABBITMQ_PASSWORD: 'p' };

  test('in parts', () => {
    expect(configOf(parts).rabbitmq).toMatchObject({
      host: 'mq',
      port: 5672,
      username: 'u',
      password: 'p',
      vhost: '/',
    });
    expect(configOf(parts).rabbitmq).not.toHaveProperty('tls');
    expect(
      configOf({ ...parts, RABBITMQ_HOST: '::1', RABBITMQ_PORT: '5673', RABBITMQ_VHOST: 'shop 1' }).rabbitmq,
    ).toMatchObject({ host: '::1', port: 5673, vhost: 'shop 1' });
  });

  test('in parts has another default port with TLS', () => {
    expect(configOf({ ...parts, RABBITMQ_TLS: 'true' }).rabbitmq).toMatchObject({ port: 5671, tls: {} });
    expect(configOf({ ...parts, RABBITMQ_TLS: 'false' }).rabbitmq).not.toHaveProperty('tls');
  });

  test('fits the options of the RabbitMQ class', () => {
    expectTypeOf<RabbitMQConfig>().toExtend<RabbitMQOptions>();
    expect(checkOptions(configOf({ ...parts, RABBITMQ_TLS: 'true' }).rabbitmq).endpoint).toMatchObject({
      host: 'mq',
      port: 5671,
      tls: {},
    });
    expect(checkOptions(loadConfig(MINIMAL).rabbitmq).endpoint.port).toBe(5672);
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
    ['amqp://'],
    ['amqp://u:p#ss@host'],
    ['amqp://u:12#34@host'],
    ['amqp://u:p%ss@host'],
    ['amqp://host?heartbeat=5'],
    ['amqp://host\n'],
  ])('the address %j is refused', (url) => {
    expect(problemsOf(anEnvironment({ RABBITMQ_URL: url }))).toEqual([
      'RABBITMQ_URL: found a value that is not shown here; expected amqp://user:password@host:5672/vhost (amqps:// for TLS) without a query, special characters percent-encoded.',
    ]);
  });

  test.each(['amqp://host', 'amqps://u:p%23ss@[::1]:5671/my%2Fvhost', 'amqp://u:p@host/%2F'])(
    'the address %j is fine',
    (url) => {
      expect(configOf({ RABBITMQ_URL: url }).rabbitmq).toMatchObject({ url });
    },
  );
});
