import { buildSchema, execute, parse, validate } from 'graphql';
import { z } from 'zod';
import createShopify from '../../../../src/shop/presets/shopify.ts';
import type { Answer, Received } from '../../toolkit/a-server.ts';
import { queryCost } from '../stand-ins/shopify-cost.ts';
import { ORDERED, type ShippingShop, type Started, started } from './shipping-shop.ts';

/** The part of Shopify's Admin GraphQL API (2026-10) that shipping takes: names, types and arguments as in its reference. */
const schema = buildSchema(`
  scalar DateTime
  scalar URL
  type Query { order(id: ID!): Order }
  type Mutation {
    fulfillmentCreate(fulfillment: FulfillmentInput!, message: String): FulfillmentCreatePayload
    fulfillmentTrackingInfoUpdate(
      fulfillmentId: ID!, trackingInfoInput: FulfillmentTrackingInput!, notifyCustomer: Boolean
    ): FulfillmentTrackingInfoUpdatePayload
  }
  input FulfillmentInput {
    lineItemsByFulfillmentOrder: [FulfillmentOrderLineItemsInput!]!
    notifyCustomer: Boolean = false
    trackingInfo: FulfillmentTrackingInput
  }
  input FulfillmentOrderLineItemsInput {
    fulfillmentOrderId: ID!
    fulfillmentOrderLineItems: [FulfillmentOrderLineItemInput!]
  }
  input FulfillmentOrderLineItemInput { id: ID! quantity: Int! }
  input FulfillmentTrackingInput { company: String number: String numbers: [String!] url: URL urls: [URL!] }
  type FulfillmentCreatePayload { fulfillment: Fulfillment userErrors: [UserError!]! }
  type FulfillmentTrackingInfoUpdatePayload { fulfillment: Fulfillment userErrors: [UserError!]! }
  type UserError { field: [String!] message: String! }
  enum OrderDisplayFinancialStatus {
    AUTHORIZED EXPIRED PAID PARTIALLY_PAID PARTIALLY_REFUNDED PENDING REFUNDED VOIDED
  }
  type Order {
    id: ID!
    cancelledAt: DateTime
    displayFinancialStatus: OrderDisplayFinancialStatus
    fulfillmentOrders(first: Int, after: String, displayable: Boolean = false): FulfillmentOrderConnection!
    fulfillments(first: Int, query: String): [Fulfillment!]!
  }
  type PageInfo { hasNextPage: Boolean! }
  type FulfillmentOrderConnection { nodes: [FulfillmentOrder!]! pageInfo: PageInfo! }
  type FulfillmentOrder {
    id: ID!
    supportedActions: [FulfillmentOrderSupportedAction!]!
    assignedLocation: FulfillmentOrderAssignedLocation!
    lineItems(first: Int, after: String): FulfillmentOrderLineItemConnection!
  }
  enum FulfillmentOrderAction { CREATE_FULFILLMENT HOLD MOVE SPLIT }
  type FulfillmentOrderSupportedAction { action: FulfillmentOrderAction! externalUrl: URL }
  type FulfillmentOrderAssignedLocation { location: Location name: String! }
  type Location { id: ID! }
  type FulfillmentOrderLineItemConnection { nodes: [FulfillmentOrderLineItem!]! pageInfo: PageInfo! }
  type FulfillmentOrderLineItem { id: ID! lineItem: LineItem! remainingQuantity: Int! totalQuantity: Int! }
  type LineItem { id: ID! sku: String requiresShipping: Boolean! }
  enum FulfillmentStatus { CANCELLED ERROR FAILURE OPEN PENDING SUCCESS }
  type Fulfillment {
    id: ID!
    status: FulfillmentStatus!
    trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
    fulfillmentLineItems(first: Int, after: String): FulfillmentLineItemConnection!
  }
  type FulfillmentTrackingInfo { company: String number: String url: URL }
  type FulfillmentLineItemConnection { nodes: [FulfillmentLineItem!]! pageInfo: PageInfo! }
  type FulfillmentLineItem { id: ID! lineItem: LineItem! quantity: Int }
`);

const payload = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) });
const tracking = z.object({ company: z.string().nullish(), number: z.string().nullish(), url: z.string().nullish() });
const created = z.object({
  lineItemsByFulfillmentOrder: z.array(
    z.object({ fulfillmentOrderLineItems: z.array(z.object({ id: z.string(), quantity: z.number() })) }),
  ),
  trackingInfo: tracking.default({}),
});

export interface ShopifyThatShips extends Started {
  /** Line id → where it lies. */
  readonly locations: Map<string, string>;
}

/** Answers as Shopify's documentation says: each line lies at a location, and one fulfilment is made at one. */
export async function aShopifyThatShips(): Promise<ShopifyThatShips> {
  const locations = new Map(ORDERED.map(({ id }) => [id, 'gid://shopify/Location/1']));
  const base = await started(createShopify, { SHOP_TOKEN: 'token' }, '7', (shop, request) =>
    answer(shop, locations, request),
  );
  return { ...base, locations };
}

async function answer(shop: ShippingShop, locations: ReadonlyMap<string, string>, { body }: Received): Promise<Answer> {
  const { query, variables } = payload.parse(JSON.parse(body));
  const document = parse(query);
  const [problem] = validate(schema, document);
  if (problem !== undefined || queryCost(document, variables) > 1_000) throw problem ?? new Error('It costs too much.');
  const isChange = query.trim().startsWith('mutation');
  if (isChange && !shop.mayWrite) return { body: { errors: [{ extensions: { code: 'ACCESS_DENIED' } }], data: null } };
  const rootValue = {
    order: () => orderOf(shop, locations),
    fulfillmentCreate: ({ fulfillment }: { fulfillment: unknown }) => create(shop, created.parse(fulfillment)),
    fulfillmentTrackingInfoUpdate: (args: { fulfillmentId: string; trackingInfoInput: unknown }) =>
      correct(shop, args.fulfillmentId, tracking.parse(args.trackingInfoInput)),
  };
  const result = await execute({ schema, document, rootValue, variableValues: variables });
  if (result.errors !== undefined) throw result.errors[0];
  return isChange ? shop.change(variables, () => ({ body: result })) : { body: result };
}

function create(shop: ShippingShop, { lineItemsByFulfillmentOrder: from, trackingInfo }: z.output<typeof created>) {
  const lines = from
    .flatMap((it) => it.fulfillmentOrderLineItems)
    .map(({ id, quantity }) => ({ id: id.replace(/.*\/9/, ''), quantity }));
  if (lines.some(({ id, quantity }) => shop.left(id) < quantity)) {
    return {
      fulfillment: null,
      userErrors: [{ field: ['fulfillment'], message: 'Invalid fulfillment order line item' }],
    };
  }
  const kept = { id: `gid://shopify/Fulfillment/${shop.kept.length}`, ours: '', ...infoOf(trackingInfo) };
  shop.kept.push({ ...kept, lines, isShipped: true });
  return { fulfillment: null, userErrors: [] };
}

function correct(shop: ShippingShop, id: string, info: z.output<typeof tracking>) {
  const kept = shop.kept.find((it) => it.id === id);
  if (kept === undefined)
    return { fulfillment: null, userErrors: [{ field: ['fulfillmentId'], message: 'Not found' }] };
  Object.assign(kept, infoOf(info));
  return { fulfillment: null, userErrors: [] };
}

function infoOf({ company = null, number = null, url = null }: z.output<typeof tracking>) {
  return { carrier: company, number, url };
}

function orderOf(shop: ShippingShop, locations: ReadonlyMap<string, string>) {
  const places = [...new Set(locations.values())];
  const orders = places.map((location, index) => {
    const lines = ORDERED.filter(({ id }) => locations.get(id) === location).map(({ id, sku, quantity }) => ({
      ...{
        id: `gid://shopify/FulfillmentOrderLineItem/9${id}`,
        remainingQuantity: shop.left(id),
        totalQuantity: quantity,
      },
      lineItem: { id: `gid://shopify/LineItem/${id}`, sku, requiresShipping: true },
    }));
    return {
      id: `gid://shopify/FulfillmentOrder/${index}`,
      supportedActions: lines.some((line) => line.remainingQuantity > 0) ? [{ action: 'CREATE_FULFILLMENT' }] : [],
      assignedLocation: { location: { id: location } },
      lineItems: connection(lines),
    };
  });
  return {
    cancelledAt: shop.isCancelled ? '2026-11-29T06:00:00Z' : null,
    displayFinancialStatus: 'PAID',
    fulfillmentOrders: connection(orders),
    fulfillments: shop.kept.map(({ id, carrier, number, url, lines }) => ({
      ...{
        id,
        status: 'SUCCESS',
        trackingInfo: number === null && carrier === null ? [] : [{ company: carrier, number, url }],
      },
      fulfillmentLineItems: connection(
        lines.map((line) => ({ quantity: line.quantity, lineItem: { id: `gid://shopify/LineItem/${line.id}` } })),
      ),
    })),
  };
}

function connection(nodes: readonly unknown[]) {
  return { nodes, pageInfo: { hasNextPage: false } };
}
