import type { Order } from '../../orders/order.ts';

/** What a mapping is tried with before the first order is stored. It never stays in any table. */
export const SAMPLE_ORDER: Order = {
  orderNumber: 'order-sync-sample',
  shopOrderId: 'order-sync-sample',
  status: 'paid',
  currency: 'CNY',
  placedAt: '2026-11-29T09:23:30.000Z',
  paidAt: '2026-11-29T09:23:37.000Z',
  cancelledAt: null,
  updatedAt: '2026-11-29T09:23:37.000Z',
  cancelReason: null,
  buyer: { id: '1', name: '王小明', email: 'sample@example.com', phone: '13800000000' },
  shippingAddress: {
    recipient: '王小明',
    phone: '13800000000',
    country: 'CN',
    province: '浙江省',
    city: '杭州市',
    district: '西湖区',
    lines: ['文三路 1 号'],
    postcode: '310000',
  },
  lines: [
    {
      lineId: '1',
      sku: 'SAMPLE-1',
      name: 'order-sync sample',
      quantity: 2,
      unitPrice: '59.90',
      discount: '0.00',
      tax: '0.00',
      lineTotal: '119.80',
    },
  ],
  totals: { items: '119.80', shipping: '10.00', tax: '0.00', discount: '0.00', refunded: '0.00', grand: '129.80' },
  payments: [],
  buyerNote: null,
};
