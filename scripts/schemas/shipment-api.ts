import type { JsonSchema } from './forms.ts';

const text = (description: string) => ({ type: ['string', 'null'], description });

/** The one of docs/shop-api.md. */
const SAMPLE = {
  shipmentId: 'L-1001',
  orderNumber: '20261122000123456789',
  shopOrderId: '98231',
  carrier: 'SF Express',
  trackingNumber: 'SF1234567890',
  trackingUrl: null,
  shippedAt: '2026-11-23T09:30:00.000Z',
  lines: [{ lineId: null, sku: 'TEA-LJ-250', quantity: 2 }],
};

/** What a shop is told of a shipment. */
export function shipment(): JsonSchema {
  const line = {
    type: 'object',
    description: 'Named by its id, its SKU, or both.',
    required: ['lineId', 'sku', 'quantity'],
    properties: { lineId: text('Of the order’s line.'), sku: text('The article.'), quantity: { type: 'number' } },
  };
  const properties = {
    shipmentId: { type: 'string', description: 'The same id again is the same shipment, perhaps corrected.' },
    orderNumber: { type: 'string' },
    shopOrderId: { type: 'string' },
    carrier: text('As the warehouse calls it.'),
    trackingNumber: text('Of the parcel.'),
    trackingUrl: text('Where the buyer can follow it.'),
    shippedAt: { type: 'string', format: 'date-time', description: 'UTC.' },
    lines: { type: ['array', 'null'], items: line, description: 'Null: all that is left to be shipped.' },
  };
  return { type: 'object', required: Object.keys(properties), properties };
}

/** The one request that writes. */
export function putShipment(): JsonSchema {
  const parameter = (name: string, description: string) => ({
    ...{ name, in: 'path', required: true, description, schema: { type: 'string' } },
  });
  const report = {
    type: 'object',
    properties: {
      outcome: { enum: ['reported', 'corrected', 'known'] },
      note: { type: 'string', maxLength: 500, description: 'For staff.' },
    },
  };
  const refusal = {
    type: 'object',
    properties: { code: { type: 'string', pattern: '^[\\w.-]{1,60}$', examples: ['order_cancelled', 'nothing_left'] } },
  };
  const json = (description: string, schema: JsonSchema) => ({
    description,
    content: { 'application/json': { schema } },
  });
  return {
    operationId: 'putShipment',
    summary: 'What the warehouse has shipped',
    description:
      'Optional: only with SHOP_SHIPMENT_PATH and REPORT_SHIPMENTS. Idempotent by the shipment’s id: the same again changes nothing, ' +
      'another tracking number corrects it.',
    parameters: [parameter('reference', 'orderNumber, percent-encoded.'), parameter('shipmentId', 'Percent-encoded.')],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Shipment' }, example: SAMPLE } },
    },
    responses: {
      200: json('It is taken.', report),
      204: { description: 'The same.' },
      401: { $ref: '#/components/responses/Refused' },
      403: { $ref: '#/components/responses/Refused' },
      404: { $ref: '#/components/responses/NotFound' },
      409: json('Refused, for a person to look at; with the code order_cancelled: cancelled meanwhile.', refusal),
      422: json('Refused, for a person to look at.', refusal),
      429: { $ref: '#/components/responses/TooMany' },
      503: { $ref: '#/components/responses/Unavailable' },
    },
  };
}
