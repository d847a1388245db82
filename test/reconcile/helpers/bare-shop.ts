import type { ShopAdapterFactory } from '../../../src/index.ts';

/** A shop adapter that can fetch orders, and nothing else. */
const bareShop: ShopAdapterFactory = () => ({
  fetchOrders: async (references) => new Map(references.map((reference) => [reference, { kind: 'not-found' }])),
});

export default bareShop;
