import { buildSchema } from 'graphql';

/**
 * The part of Shopify's Admin GraphQL API (2026-10) that reading orders takes: names, types and arguments as in its reference. A
 * query for a field that is not there, or is of another type, is refused, as by Shopify.
 */
export const shopifySchema = buildSchema(`
  schema { query: QueryRoot }

  scalar DateTime
  scalar Decimal
  scalar UnsignedInt64
  scalar URL

  interface Node { id: ID! }

  type QueryRoot {
    currentAppInstallation: AppInstallation!
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
    order(id: ID!): Order
    orders(
      first: Int, after: String, last: Int, before: String, reverse: Boolean = false,
      sortKey: OrderSortKeys = PROCESSED_AT, query: String
    ): OrderConnection!
    shop: Shop!
    webhookSubscriptions(
      first: Int, after: String, last: Int, before: String, reverse: Boolean = false, topics: [WebhookSubscriptionTopic!]
    ): WebhookSubscriptionConnection!
  }

  type AppInstallation implements Node { id: ID! accessScopes: [AccessScope!]! }
  type AccessScope { handle: String! description: String! }
  type Shop implements Node { id: ID! name: String! currencyCode: CurrencyCode! myshopifyDomain: String! }

  type WebhookSubscriptionConnection { nodes: [WebhookSubscription!]! pageInfo: PageInfo! }
  type WebhookSubscription implements Node { id: ID! topic: WebhookSubscriptionTopic! uri: String! createdAt: DateTime! }
  enum WebhookSubscriptionTopic {
    ORDERS_CANCELLED ORDERS_CREATE ORDERS_DELETE ORDERS_EDITED ORDERS_FULFILLED ORDERS_PAID ORDERS_PARTIALLY_FULFILLED
    ORDERS_UPDATED PRODUCTS_UPDATE REFUNDS_CREATE
  }

  enum CurrencyCode { CAD CNY EUR GBP JPY USD }
  type MoneyV2 { amount: Decimal! currencyCode: CurrencyCode! }
  type MoneyBag { shopMoney: MoneyV2! presentmentMoney: MoneyV2! }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }

  enum OrderSortKeys {
    CREATED_AT CURRENT_TOTAL_PRICE CUSTOMER_NAME DESTINATION FINANCIAL_STATUS FULFILLMENT_STATUS ID ORDER_NUMBER PO_NUMBER
    PROCESSED_AT RELEVANCE TOTAL_ITEMS_QUANTITY TOTAL_PRICE UPDATED_AT
  }
  type OrderConnection { edges: [OrderEdge!]! nodes: [Order!]! pageInfo: PageInfo! }
  type OrderEdge { cursor: String! node: Order! }

  type Order implements Node {
    id: ID!
    legacyResourceId: UnsignedInt64!
    name: String!
    test: Boolean!
    edited: Boolean!
    closed: Boolean!
    createdAt: DateTime!
    processedAt: DateTime!
    updatedAt: DateTime!
    cancelledAt: DateTime
    cancelReason: OrderCancelReason
    currencyCode: CurrencyCode!
    presentmentCurrencyCode: CurrencyCode!
    taxesIncluded: Boolean!
    dutiesIncluded: Boolean!
    displayFinancialStatus: OrderDisplayFinancialStatus
    displayFulfillmentStatus: OrderDisplayFulfillmentStatus!
    fullyPaid: Boolean!
    unpaid: Boolean!
    requiresShipping: Boolean!
    paymentGatewayNames: [String!]!
    note: String
    email: String
    phone: String
    customer: Customer
    shippingAddress: MailingAddress
    currentCartDiscountAmountSet: MoneyBag!
    currentShippingPriceSet: MoneyBag!
    currentSubtotalPriceSet: MoneyBag!
    currentTotalAdditionalFeesSet: MoneyBag
    currentTotalDiscountsSet: MoneyBag!
    currentTotalDutiesSet: MoneyBag
    currentTotalPriceSet: MoneyBag!
    currentTotalTaxSet: MoneyBag!
    originalTotalPriceSet: MoneyBag!
    subtotalPriceSet: MoneyBag
    totalOutstandingSet: MoneyBag!
    totalPriceSet: MoneyBag!
    totalReceivedSet: MoneyBag!
    totalRefundedSet: MoneyBag!
    totalShippingPriceSet: MoneyBag!
    totalTaxSet: MoneyBag
    totalTipReceivedSet: MoneyBag!
    transactions(capturable: Boolean, first: Int, manuallyResolvable: Boolean): [OrderTransaction!]!
    lineItems(first: Int, after: String, last: Int, before: String, reverse: Boolean = false): LineItemConnection!
  }
  enum OrderCancelReason { CUSTOMER DECLINED FRAUD INVENTORY OTHER STAFF }
  enum OrderDisplayFinancialStatus {
    AUTHORIZED EXPIRED PAID PARTIALLY_PAID PARTIALLY_REFUNDED PENDING REFUNDED VOIDED
  }
  enum OrderDisplayFulfillmentStatus {
    FULFILLED IN_PROGRESS ON_HOLD OPEN PARTIALLY_FULFILLED PENDING_FULFILLMENT REQUEST_DECLINED RESTOCKED SCHEDULED UNFULFILLED
  }

  type Customer implements Node { id: ID! legacyResourceId: UnsignedInt64! displayName: String! }
  type MailingAddress implements Node {
    id: ID! name: String firstName: String lastName: String company: String phone: String
    address1: String address2: String city: String province: String provinceCode: String
    country: String countryCodeV2: CountryCode zip: String
  }
  enum CountryCode { CA CN DE JP US }

  type OrderTransaction implements Node {
    id: ID! kind: OrderTransactionKind! status: OrderTransactionStatus! gateway: String formattedGateway: String
    amountSet: MoneyBag! processedAt: DateTime createdAt: DateTime! test: Boolean! paymentId: String
    manualPaymentGateway: Boolean!
  }
  enum OrderTransactionKind { AUTHORIZATION CAPTURE CHANGE EMV_AUTHORIZATION REFUND SALE SUGGESTED_REFUND VOID }
  enum OrderTransactionStatus { AWAITING_RESPONSE ERROR FAILURE PENDING SUCCESS UNKNOWN }

  type LineItemConnection { nodes: [LineItem!]! pageInfo: PageInfo! }
  type LineItem implements Node {
    id: ID!
    name: String!
    title: String!
    sku: String
    quantity: Int!
    currentQuantity: Int!
    unfulfilledQuantity: Int!
    nonFulfillableQuantity: Int!
    requiresShipping: Boolean!
    isGiftCard: Boolean!
    originalUnitPriceSet: MoneyBag!
    originalTotalSet: MoneyBag!
    discountAllocations: [DiscountAllocation!]!
    taxLines: [TaxLine!]!
    variant: ProductVariant
    product: Product
  }
  type DiscountAllocation { allocatedAmountSet: MoneyBag! }
  type TaxLine { title: String! rate: Float priceSet: MoneyBag! }
  type ProductVariant implements Node { id: ID! sku: String }
  type Product implements Node { id: ID! title: String! }
`);
