/** The settings of the two scripts, from the same variables that order-sync reads. */
export function settings() {
  const read = (name: string): string => {
    const value = process.env[name];
    if (value === undefined) throw new Error(`${name} is not set`);
    return value;
  };
  return {
    brokerUrl: read('RABBITMQ_URL'),
    queue: read('RABBITMQ_QUEUE'),
    shopUrl: read('SHOP_BASE_URL'),
    databaseUrl: read('INTERNAL_SYSTEM_URL'),
    concurrency: Number(read('SHOP_CONCURRENCY')),
  };
}

/** The part of the shop's order that the scripts read. */
export interface ShopOrder {
  readonly orderNumber: string;
  readonly shopOrderId: string;
  readonly status: string;
  readonly currency: string;
  readonly placedAt: string;
  readonly paidAt: string | null;
  readonly cancelledAt: string | null;
  readonly updatedAt: string;
  readonly buyer: { readonly name: string };
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly name: string;
    readonly quantity: number;
    readonly unitPrice: string;
    readonly discount: string;
    readonly tax: string;
    readonly lineTotal: string;
  }[];
  readonly totals: {
    readonly grand: string;
    readonly items: string;
    readonly shipping: string;
    readonly tax: string;
    readonly discount: string;
    readonly refunded: string;
  };
}
