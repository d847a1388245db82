import { z } from 'zod';
import { orderSchema } from '../orders/order.ts';

const { orderNumber, shopOrderId, status, updatedAt } = orderSchema.shape;

/** An order in one of the shop's lists; see OrderStub in shop-client.ts. */
export const orderStub = z.object({
  orderNumber,
  shopOrderId: shopOrderId.optional().catch(undefined),
  status,
  updatedAt,
});
