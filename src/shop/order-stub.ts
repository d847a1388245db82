import { z } from 'zod';
import { orderSchema } from '../orders/order.ts';

const { orderNumber, status, updatedAt } = orderSchema.shape;

/** An order in one of the shop's lists; see OrderStub in shop-client.ts. */
export const orderStub = z.object({ orderNumber, status, updatedAt });
