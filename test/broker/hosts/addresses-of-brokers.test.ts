import { describe, expect, test } from 'vitest';
import { endpointsOf } from '../../../src/broker/endpoint.ts';
import { BrokerOptionsError, RabbitMQ, type RabbitMQOptions } from '../../../src/index.ts';
import { anEnvironment, configOf, problemsOf } from '../../config/environments.ts';

const LOGIN = { username: 'u', password: 'p' };
const PARTS = { RABBITMQ_URL: undefined, RABBITMQ_USERNAME: 'u', RABBITMQ_PASSWORD: 'p' };

/** `host port`, as they are listed. */
function places(options: Parameters<typeof endpointsOf>[0]): string[] {
  return endpointsOf(options).map(({ host, port }) => `${host} ${port}`);
}

describe('an address with several hosts', () => {
  test.each([
    ['amqp://a:5673,b,c/vhost', ['a 5673', 'b 5672', 'c 5672']],
    ['amqps://a,b:5672', ['a 5671', 'b 5672']],
    ['amqp://[::1]:5673,[fe80::1],10.0.0.1', ['::1 5673', 'fe80::1 5672', '10.0.0.1 5672']],
    ['amqp://a,a:5673', ['a 5672', 'a 5673']],
    ['amqp://rabbit.queues.svc.cluster.local.', ['rabbit.queues.svc.cluster.local. 5672']],
  ])('%s', (url, expected) => {
    expect(places({ url })).toEqual(expected);
    expect(places(configOf({ RABBITMQ_URL: url }).rabbitmq)).toEqual(expected);
  });

  test.each([
    ['amqp://u:a,b@h,i', 'u', 'a,b'],
    ['amqp://u:a%2Cb%40c%2Fd@h,i', 'u', 'a,b@c/d'],
    ['amqp://u:a@b,c:d@h,i', 'u', 'a@b,c:d'],
    ['amqp://u,v:p@h,i', 'u,v', 'p'],
    ['amqp://u:[p]:1@h,i', 'u', '[p]:1'],
  ])('takes the login of %s for what it is, on each host', (url, username, password) => {
    expect(endpointsOf({ url })).toMatchObject([
      { host: 'h', username, password },
      { host: 'i', username, password },
    ]);
  });

  const EXPECTED =
    'amqp://user:password@host:5672/vhost (amqps:// for TLS; several hosts as @a:5672,b,c/) without a query, special characters percent-encoded';
  test.each([
    ['amqp://u:secret@a,,b', ', but host 2 of 3 is empty'],
    ['amqp://u:secret@a,b,', ', but host 3 of 3 is empty'],
    ['amqp://u:secret@', ', but host 1 is empty'],
    ['amqp://u:secret@a, b', ', but host 2 of 2 is neither a name nor an IP address'],
    ['amqp://u:secret@a b', ', but host 1 is neither a name nor an IP address'],
    ['amqp://u:secret@a,[::g]', ', but host 2 of 2 is neither a name nor an IP address'],
    ['amqp://u:secret@a,::1', ', but host 2 of 2 is an IPv6 address without brackets'],
    ['amqp://u:secret@a:0,b', ', but host 1 of 2 has a port that is not a number from 1 to 65535'],
    ['amqp://u:secret@a:65536', ', but host 1 has a port that is not a number from 1 to 65535'],
    ['amqp://u:secret@a:5672:5673,b', ', but host 1 of 2 has a port that is not a number from 1 to 65535'],
    ['amqp://u:secret@a:,b', ', but host 1 of 2 has a port that is not a number from 1 to 65535'],
    ['amqp://u:secret@a,b,A:5672', ', but host 3 is host 1 again'],
    ['amqp://u:%secret@a', ', but the password has a % that begins no encoded character'],
    // A bare slash or hash in the password cuts it off, and what comes before must not be taken for a host.
    ['amqp://u:secret/more@a,b', ''],
    ['amqp://u:123/secret@a,b', ''],
    ['amqp://u:secret#more@a,b', ''],
    ['amqp://u:secret@a,b?heartbeat=5', ''],
    ['amqp://u:secret\n@a,b', ''],
    ['AMQP://u:secret@a', ''],
  ])('%j is a mistake, which is named, and its password is not', (url, mistake) => {
    expect(() => endpointsOf({ url })).toThrow(new BrokerOptionsError([`url: expected ${EXPECTED}${mistake}`]));
    expect(problemsOf(anEnvironment({ RABBITMQ_URL: url }))).toEqual([
      `RABBITMQ_URL: found a value that is not shown here; expected ${EXPECTED}${mistake}.`,
    ]);
  });
});

describe('RABBITMQ_HOST and hosts', () => {
  test.each([
    ['a:5673,b', ['a 5673', 'b 5672']],
    ['a, b', ['a 5672', 'b 5672']],
    ['[::1]:5673,[::1]', ['::1 5673', '::1 5672']],
    ['::1', ['::1 5672']],
  ])('%s', (list, expected) => {
    expect(places(configOf({ ...PARTS, RABBITMQ_HOST: list }).rabbitmq)).toEqual(expected);
    expect(places({ hosts: list.split(/, ?/), ...LOGIN })).toEqual(expected);
  });

  test('one port may stand for all hosts, but not beside a port of theirs', () => {
    expect(places({ hosts: ['a', 'b'], port: 5673, ...LOGIN })).toEqual(['a 5673', 'b 5673']);
    expect(() => places({ hosts: ['a:5672', 'b'], port: 5673, ...LOGIN })).toThrow(
      /port: found besides a port in hosts/,
    );
    const parts = { ...PARTS, RABBITMQ_PORT: '5673' };
    expect(places(configOf({ ...parts, RABBITMQ_HOST: 'a,b' }).rabbitmq)).toEqual(['a 5673', 'b 5673']);
    expect(problemsOf(anEnvironment({ ...parts, RABBITMQ_HOST: 'a:5672,b' }))).toEqual([
      'RABBITMQ_PORT: RABBITMQ_HOST has a port as well; expected only one of the two.',
    ]);
  });

  test.each([
    ['a,,b', 'host 2 of 3 is empty'],
    ['a b', 'host 1 is neither a name nor an IP address'],
    ['a,b c', 'host 2 of 2 is neither a name nor an IP address'],
    ['a:x,b', 'host 1 of 2 has a port that is not a number from 1 to 65535'],
    ['a,::1', 'host 2 of 2 is an IPv6 address without brackets'],
    ['a,b:5672,b', 'host 3 is host 2 again'],
  ])('%j is a mistake, which is named', (list, mistake) => {
    const expected = `expected names or IP addresses, each once, if need be with a port: a:5672, b, [::1]:5672, but ${mistake}`;
    expect(problemsOf(anEnvironment({ ...PARTS, RABBITMQ_HOST: list }))).toEqual([
      `RABBITMQ_HOST: found "${list}"; ${expected}.`,
    ]);
    expect(() => places({ hosts: list.split(','), ...LOGIN })).toThrow(new BrokerOptionsError([`hosts: ${expected}`]));
  });

  test.each<[Partial<RabbitMQOptions>, RegExp]>([
    [{ host: 'a', hosts: ['b'], ...LOGIN }, /hosts: found besides host/],
    [{ url: 'amqp://a', hosts: ['b'] }, /hosts: found besides url/],
    [{ hosts: [], ...LOGIN }, /hosts: expected one host at least/],
    [
      { host: 'a:5672', ...LOGIN },
      /host: expected a name or an IP address; its port goes into port, several hosts go into hosts/,
    ],
    [{ host: 'a,b', ...LOGIN }, /host: expected a name or an IP address/],
    [{ hosts: ['a'], username: 'u' }, /RabbitMQ options: password: missing; expected url, or host/],
  ])('the constructor refuses %j', (options, problem) => {
    expect(() => new RabbitMQ({ exchange: 'x', queue: 'q', routingKey: 'k', ...options })).toThrow(problem);
  });
});
