import type { JsonSchema } from './forms.ts';
import { orderParts } from './order-schema.ts';
import { putShipment, shipment } from './shipment-api.ts';

/** The requests that order-sync makes with its default paths, as OpenAPI 3.1. */
export function shopApi(sample: unknown): JsonSchema {
  const { definitions, ...order } = orderParts();
  const stub = {
    type: 'object',
    description: 'What a list says of an order. Further fields, or whole orders, do no harm.',
    required: ['orderNumber', 'status', 'updatedAt'],
    properties: Object.fromEntries(
      ['orderNumber', 'shopOrderId', 'status', 'updatedAt'].map((name) => [name, order.properties[name]]),
    ),
  };
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Shop API for order-sync',
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'What a shop serves so that order-sync can fetch its orders, and, if it wants to, hear of shipments: JSON in UTF-8. The paths and the header of the token are ' +
        'the defaults; each can be configured. docs/shop-api.md explains it. Written by scripts/schemas/write-schemas.ts.',
    },
    servers: [{ url: 'https://shop.example/api', description: 'SHOP_BASE_URL' }],
    security: [{ token: [] }],
    paths: {
      '/orders/{reference}': { get: one(sample) },
      '/orders': { get: several(sample) },
      '/orders/{reference}/shipments/{shipmentId}': { put: putShipment() },
    },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'SHOP_TOKEN; header and scheme can be configured.' },
      },
      headers: {
        Date: {
          description:
            'The shop\u2019s clock, which web servers send by themselves. order-sync reads its own time against it, so that clocks which differ lose nothing.',
          schema: { type: 'string', examples: ['Sun, 22 Nov 2026 08:00:05 GMT'] },
        },
        RetryAfter: {
          description: 'Seconds to wait, or an HTTP date. At most five minutes are waited.',
          schema: { type: 'string', examples: ['2'] },
        },
      },
      responses: {
        Refused: {
          description: 'The token is missing, wrong, or may not read orders. Everything waits until it is accepted.',
        },
        NotFound: {
          description:
            'There is no such order. JSON or nothing: a web page looks like a wrong address. 410 means the same.',
          headers: { Date: { $ref: '#/components/headers/Date' } },
        },
        TooMany: {
          description: 'Too many requests. order-sync slows down; without Retry-After by its own measure.',
          headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
        },
        Unavailable: {
          description: 'Not now. With Retry-After it counts as a limit of the rate, without it as a failed attempt.',
          headers: { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
        },
      },
      schemas: { Order: order, OrderStub: stub, Shipment: shipment(), ...definitions },
    },
  };
  return JSON.parse(JSON.stringify(document).replaceAll('#/$defs/', '#/components/schemas/'));
}

const FAILURES = {
  401: { $ref: '#/components/responses/Refused' },
  403: { $ref: '#/components/responses/Refused' },
  429: { $ref: '#/components/responses/TooMany' },
  503: { $ref: '#/components/responses/Unavailable' },
};

function one(sample: unknown): JsonSchema {
  return {
    operationId: 'getOrder',
    summary: 'One order',
    description: 'By its number or its id: the event names either. SHOP_ORDER_PATH.',
    parameters: [
      {
        name: 'reference',
        in: 'path',
        required: true,
        description: 'orderNumber or shopOrderId, percent-encoded.',
        schema: { type: 'string' },
        example: '98231',
      },
    ],
    responses: {
      200: reply('The order.', { $ref: '#/components/schemas/Order' }, sample),
      404: { $ref: '#/components/responses/NotFound' },
      ...FAILURES,
    },
  };
}

function several(sample: unknown): JsonSchema {
  const parameter = (name: string, description: string, schema: JsonSchema, example: unknown) => ({
    ...{ name, in: 'query', description, schema, example },
  });
  const time = { type: 'string', format: 'date-time' };
  return {
    operationId: 'listOrders',
    summary: 'Many orders, those that changed, those that were placed',
    description:
      'Three requests: with `numbers` (SHOP_ORDERS_PATH, only if SHOP_BATCH_SIZE is above 1), with `updatedSince` and `page` ' +
      '(SHOP_CHANGES_PATH), with `placedSince` and `page` (SHOP_PLACED_PATH; both for reconciliation).',
    parameters: [
      parameter('numbers', 'Numbers or ids, separated by commas.', { type: 'string' }, '98231,98232'),
      parameter(
        'updatedSince',
        'UTC. All orders with this updatedAt or a later one, oldest change first.',
        time,
        SINCE,
      ),
      parameter('placedSince', 'UTC. All orders with this placedAt or a later one, oldest first.', time, SINCE),
      parameter('page', 'Of the list, from 1.', { type: 'integer', minimum: 1 }, 1),
    ],
    responses: {
      200: reply(
        'With `numbers`: those of them that exist, in any order. Else a page of the list.',
        {
          anyOf: [
            {
              title: 'With numbers',
              type: 'object',
              required: ['orders'],
              properties: { orders: { type: 'array', items: { $ref: '#/components/schemas/Order' } } },
            },
            {
              title: 'A page',
              type: 'object',
              required: ['orders'],
              properties: {
                orders: { type: 'array', items: { $ref: '#/components/schemas/OrderStub' } },
                nextPage: { type: ['integer', 'null'], description: 'Null, or absent, on the last page.' },
              },
            },
          ],
        },
        { orders: [sample] },
      ),
      ...FAILURES,
    },
  };
}

const SINCE = '2026-11-22T08:00:00.000Z';

function reply(description: string, schema: JsonSchema, example: unknown): JsonSchema {
  return {
    description,
    headers: { Date: { $ref: '#/components/headers/Date' } },
    content: { 'application/json': { schema, example } },
  };
}
