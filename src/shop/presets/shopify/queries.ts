/**
 * What is asked of Shopify. The fields take the names of the canonical order. A query may cost 1,000 points: an order with ten lines
 * costs up to 116, a page of fifty lines 453, a page of 250 orders in a list 252.
 */
const MONEY = 'fragment M on MoneyBag { shopMoney { amount } }';
const PAGE = 'pageInfo { hasNextPage endCursor }';
const HEAD = `orderNumber: name shopOrderId: legacyResourceId placedAt: createdAt updatedAt cancelledAt test fullyPaid
  gateways: paymentGatewayNames payment: displayFinancialStatus fulfilment: displayFulfillmentStatus`;
const LINES = `${PAGE} nodes { id sku name quantity: currentQuantity ordered: quantity requiresShipping
  price: originalUnitPriceSet { ...M } taxes: taxLines { amount: priceSet { ...M } }
  discounts: discountAllocations { amount: allocatedAmountSet { ...M } } }`;
const ORDER = `${HEAD} currency: currencyCode cancelReason buyerNote: note email phone taxIncluded: taxesIncluded dutiesIncluded
  customer { id: legacyResourceId name: displayName }
  shippingAddress { name company phone address1 address2 city province countryCodeV2 zip }
  subtotal: currentSubtotalPriceSet { ...M } shipping: currentShippingPriceSet { ...M } tax: currentTotalTaxSet { ...M }
  duties: currentTotalDutiesSet { ...M } fees: currentTotalAdditionalFeesSet { ...M } tip: totalTipReceivedSet { ...M }
  grand: currentTotalPriceSet { ...M } placed: originalTotalPriceSet { ...M } refunded: totalRefundedSet { ...M }
  transactions { kind status method: gateway transactionId: paymentId paidAt: processedAt amount: amountSet { ...M } }`;

export const MAX_BATCH = 6;
export const MANY = `query ($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Order { ${ORDER} lineItems(first: 10) { ${LINES} } } } } ${MONEY}`;
export const MORE_LINES = `query ($id: ID!, $after: String) {
  order(id: $id) { updatedAt lineItems(first: 50, after: $after) { ${LINES} } } } ${MONEY}`;
export const LIST = `query ($query: String!, $sortKey: OrderSortKeys!, $after: String) {
  orders(first: 250, query: $query, sortKey: $sortKey, after: $after) { ${PAGE} nodes { ${HEAD} } } }`;
export const NAMED =
  'query ($query: String!) { orders(first: 10, query: $query) { nodes { id: legacyResourceId name } } }';
export const PING = '{ orders(first: 1) { nodes { id } } }';
export const CHECK = `{ currentAppInstallation { accessScopes { handle } }
  webhookSubscriptions(first: 250) { nodes { topic } } }`;
