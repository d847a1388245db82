import { expect, test } from 'vitest';
import { endpointsOf } from '../../../src/broker/endpoint.ts';
import { withAddresses } from '../../../src/broker/hosts/addresses.ts';

test.each(['localhost', '127.0.0.1', '[::1]', 'no-such-host.invalid'])('%s stays one host', async (host) => {
  const endpoints = endpointsOf({ url: `amqp://${host}` });
  expect(await withAddresses(endpoints)).toEqual(endpoints);
});
