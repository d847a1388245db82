import { expect, test } from 'vitest';
import { transportError } from '../../src/client/http-errors.ts';
import { SHOP } from '../../src/shop/http/failures.ts';

test.each(['EMFILE', 'ENFILE'])('%s during a request is an outage: it costs no order an attempt', (code) => {
  const error = Object.assign(new Error(`${code}: too many open files, open 'parser.js'`), { code });
  expect(transportError(SHOP, error, 'https://shop.example')).toMatchObject({
    reason: 'shop_unreachable',
    kind: 'outage',
    message: `No connection to https://shop.example: ${code}.`,
    cause: error,
  });
});
