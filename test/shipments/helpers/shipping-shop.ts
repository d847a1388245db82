import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Order } from '../../../src/orders/order.ts';
import type { Shipment } from '../../../src/orders/shipment.ts';

/** A shop that takes shipments: what it was told, and what it answers. Its adapter is shipping-shop-adapter.ts. */
export interface ShippingShop {
  readonly env: Readonly<Record<string, string>>;
  readonly orders: Map<string, Order>;
  /** Every report that changed something, in order. */
  readonly reports: Shipment[];
  /** What it has now, by order and shipment id. */
  readonly has: Map<string, Shipment>;
  /** The status of its answers to reports, and what happens before each. */
  answer: (shipment: Shipment) => Promise<number> | number;
  /** The most reports of one order at a time that there ever were. */
  readonly mostAtOnce: () => number;
  /** Answers nothing while false. */
  isUp: boolean;
}

export async function aShippingShop(): Promise<ShippingShop> {
  const shop = {
    orders: new Map<string, Order>(),
    reports: [] as Shipment[],
    has: new Map<string, Shipment>(),
    answer: (): Promise<number> | number => 200,
    isUp: true,
  } as Omit<ShippingShop, 'env' | 'mostAtOnce'> as ShippingShop;
  const underWay = new Map<string, number>();
  let most = 0;
  const server = createServer(async (request, response) => {
    if (!shop.isUp) return void response.writeHead(503).end();
    const [, what = '', name = ''] = (request.url ?? '').split('/').map(decodeURIComponent);
    const body = await new Response(request).text();
    if (what === 'orders') {
      const order = shop.orders.get(name);
      return void response.writeHead(order === undefined ? 404 : 200).end(JSON.stringify(order ?? {}));
    }
    if (request.method === 'GET') {
      const ofOrder = [...shop.has.values()].filter(({ orderNumber }) => orderNumber === name);
      return void response.end(JSON.stringify(ofOrder));
    }
    const shipment = JSON.parse(body) as Shipment;
    underWay.set(shipment.orderNumber, (underWay.get(shipment.orderNumber) ?? 0) + 1);
    most = Math.max(most, underWay.get(shipment.orderNumber) ?? 0);
    const status = await shop.answer(shipment);
    underWay.set(shipment.orderNumber, (underWay.get(shipment.orderNumber) ?? 1) - 1);
    const key = `${shipment.orderNumber}/${shipment.shipmentId}`;
    const before = shop.has.get(key);
    const outcome = before === undefined ? 'reported' : JSON.stringify(before) === body ? 'known' : 'corrected';
    if (status === 200 && outcome !== 'known') {
      shop.reports.push(shipment);
      shop.has.set(key, shipment);
    }
    response.writeHead(status).end(JSON.stringify({ outcome }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return Object.assign(shop, {
    env: {
      SHOP_ADAPTER: new URL('./shipping-shop-adapter.ts', import.meta.url).pathname,
      SHIPPING_SHOP_URL: `http://127.0.0.1:${port}`,
      REPORT_SHIPMENTS: 'true',
    },
    mostAtOnce: () => most,
  });
}
