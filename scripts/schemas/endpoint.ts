import { CONFLICTS } from '../../src/internal-system/conflicts.ts';
import type { JsonSchema } from './forms.ts';
import { storedOrder } from './stored-order.ts';

/** The request that INTERNAL_SYSTEM_HTTP_URL gets, and what its answer may say, as OpenAPI 3.1. */
export function orderEndpoint(order: unknown): JsonSchema {
  return {
    openapi: '3.1.0',
    info: {
      title: 'The internal system, as an HTTP endpoint for order-sync',
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
      description:
        'What a company serves so that order-sync can bring it the orders of its shop. docs/internal-systems.md explains it. Written by ' +
        'scripts/schemas/write-schemas.ts.',
    },
    servers: [{ url: 'https://erp.example', description: 'INTERNAL_SYSTEM_HTTP_URL, path included' }],
    security: [{ signature: [] }, { token: [] }],
    paths: { '/orders': { put: putOrder(order), get: checkEndpoint() } },
    components: {
      securitySchemes: {
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'webhook-signature',
          description:
            'Standard Webhooks 1.0: "v1," and the base64 of the HMAC-SHA256 of webhook-id.webhook-timestamp.body. The key is what ' +
            'INTERNAL_SYSTEM_HTTP_SECRET holds in base64 after "whsec_".',
        },
        token: { type: 'http', scheme: 'bearer', description: 'INTERNAL_SYSTEM_HTTP_TOKEN' },
      },
      schemas: {
        Delivery: delivery(),
        Previous: previous(),
        Order: storedOrder(),
        Delivered: delivered(),
        Refused: refused(),
      },
    },
  };
}

function putOrder(order: unknown): JsonSchema {
  const example = {
    key: 'shop/98231',
    shop: 'shop',
    revision: 2,
    uncertain: false,
    previous: { revision: 1, erpId: '4711' },
    order,
  };
  return {
    operationId: 'putOrder',
    summary: 'Makes one order what it is now',
    description: 'Write it unless a newer revision is there. The same revision may come again, also at the same time.',
    parameters: [
      header('idempotency-key', 'One for each revision of each order: the same as webhook-id.', { type: 'string' }),
      header('webhook-id', 'One for each revision of each order, however often it is sent.', { type: 'string' }),
      header('webhook-timestamp', 'When it was sent, in seconds since 1970. Refuse what is five minutes off.', {
        type: 'integer',
      }),
    ],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: ref('Delivery'), example } },
    },
    responses: {
      200: {
        description: 'It is written. 201 and 204 mean the same; the body may be empty.',
        content: json(ref('Delivered')),
      },
      401: {
        description:
          'The signature or the token is wrong, or the clock. Everything waits. So it does after 403, 404, 405.',
      },
      409: {
        description: 'A newer revision is there. A person has to look: the ledger has lost some.',
        content: json(ref('Refused')),
      },
      422: {
        description: 'This order can’t be written, and was not. A person has to look. 400 means the same.',
        content: json(ref('Refused')),
      },
      429: { description: 'Too many. Everything waits, as long as Retry-After says.' },
      500: { description: 'It failed, perhaps halfway. It is tried again.' },
      503: { description: 'Not now. Everything waits, as long as Retry-After says at most.' },
    },
  };
}

function checkEndpoint(): JsonSchema {
  return {
    operationId: 'check',
    summary: 'Is it there, and is the signature right?',
    description: 'What order-sync check asks, signed, over an empty body. It must write nothing. 405 is fine too.',
    responses: { 204: { description: 'Yes.' } },
  };
}

function delivery(): JsonSchema {
  return {
    type: 'object',
    required: ['key', 'shop', 'revision', 'uncertain', 'previous', 'order'],
    properties: {
      key: { type: 'string', description: 'Names the order, for ever: SHOP_NAME/shopOrderId.' },
      shop: { type: 'string', description: 'SHOP_NAME.' },
      revision: {
        type: 'integer',
        minimum: 1,
        description: 'Of the order’s content: the higher one is the newer one.',
      },
      uncertain: {
        type: 'boolean',
        description: 'An earlier delivery began, and nobody knows how it ended: look before you create.',
      },
      previous: {
        anyOf: [ref('Previous'), { type: 'null' }],
        description: 'What was delivered last; null if nothing ever was for certain.',
      },
      order: ref('Order'),
    },
  };
}

function previous(): JsonSchema {
  return {
    type: 'object',
    required: ['revision', 'erpId'],
    properties: {
      revision: { type: 'integer', minimum: 1 },
      erpId: { type: ['string', 'null'], description: 'As the endpoint answered it.' },
    },
  };
}

function delivered(): JsonSchema {
  return {
    type: 'object',
    properties: {
      erpId: {
        type: ['string', 'integer', 'null'],
        maxLength: 100,
        description: 'The order’s own name there; shown to people.',
      },
      conflict: {
        anyOf: [{ enum: CONFLICTS }, { type: 'array', items: { enum: CONFLICTS } }, { type: 'null' }],
        description: 'What changed although staff had begun to pick it: they are warned.',
      },
      note: { type: ['string', 'null'], description: 'For people: what was done differently. No personal data.' },
    },
  };
}

function refused(): JsonSchema {
  return {
    type: 'object',
    properties: {
      error: { type: 'string', description: 'Why, in a few words, for the person who has to act. No personal data.' },
    },
  };
}

function header(name: string, description: string, schema: JsonSchema): JsonSchema {
  return { name, in: 'header', required: true, description, schema };
}

function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

function json(schema: JsonSchema): JsonSchema {
  return { 'application/json': { schema } };
}
