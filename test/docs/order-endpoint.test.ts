import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { FIELDS } from '../../scripts/schemas/order-schema.ts';
import { messageOf } from '../../src/internal-system/endpoint/message.ts';
import { type Order, parseOrder } from '../../src/orders/order.ts';
import { text } from './documents.ts';
import { sampleWith, VALUES } from './sample-order.ts';

const document = JSON.parse(text('schemas/order-endpoint.openapi.json'));
const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } }).addSchema({
  $id: 'https://erp.example/api',
  ...document,
});
const fits = ajv.compile({ $ref: 'https://erp.example/api#/components/schemas/Delivery' });

function messageWith(order: Order): Record<string, unknown> {
  const previous = { order, revision: 1, erpId: null };
  const delivery = { key: 'shop/1', shop: 'shop', order, revision: 2, previous, uncertain: true };
  return JSON.parse(messageOf(delivery));
}

describe('schemas/order-endpoint.openapi.json', () => {
  test('is valid OpenAPI 3.1, and its sample fits', async () => {
    const validator = new Validator();
    expect(await validator.validate(document)).toEqual({ valid: true });
    expect(fits(document.paths['/orders'].put.requestBody.content['application/json'].example)).toBe(true);
  });

  test.each(FIELDS.map(({ path }) => [path]))('describes %s as it is sent, whatever the shop has sent', (path) => {
    const sent = VALUES.flatMap((json) => {
      const parsed = parseOrder(sampleWith(path, json));
      return 'order' in parsed ? [messageWith(parsed.order)] : [];
    });
    expect(sent.filter((message) => !fits(message))).toEqual([]);
  });

  test.each([
    ['revision', 0],
    ['previous', { revision: 1 }],
    ['order', { orderNumber: 10_086 }],
  ])('does not take just anything for the %s', (field, value) => {
    const parsed = parseOrder(JSON.parse(JSON.stringify(sampleWith('status', '"paid"'))));
    if (!('order' in parsed)) throw new Error(parsed.problem);
    expect(fits(messageWith(parsed.order))).toBe(true);
    expect(fits({ ...messageWith(parsed.order), [field]: value })).toBe(false);
  });
});
