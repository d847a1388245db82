import { expect, it } from 'vitest';
import { urlPerHost } from '../../src/settings/host-list.ts';

it.each([
  [
    'amqp://u:p@a:5672,b,[::1]:5673/v?x=1,2#f',
    ['a:5672', 'b', '[::1]:5673'].map((host) => `amqp://u:p@${host}/v?x=1,2#f`),
  ],
  ['postgres://u:p,w@x@a, b/db', ['postgres://u:p,w@x@a/db', 'postgres://u:p,w@x@b/db']],
  ['postgres://a,/db', ['postgres://a/db', 'postgres:///db']],
  ['postgres://u:p,w@a/db', ['postgres://u:p,w@a/db']],
  ['no url, at all', ['no url, at all']],
])('%s', (url, expected) => {
  expect(urlPerHost(url)).toEqual(expected);
});
