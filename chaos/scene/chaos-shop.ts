import { type DemoShop, type FaultHook, type RequestRecord, startDemoShop } from '../../demo/demo-shop.ts';
import type { OrderDocument } from '../../demo/orders/make-orders.ts';
import { statusFault } from '../../demo/shop/faults.ts';
import { orderSchema } from '../../src/orders/order.ts';
import { canonicalText, type ServedRecord } from '../checks/records.ts';
import type { Step } from './plan.ts';

/** Part of the daemon's environment, and must appear nowhere else. */
export const SHOP_TOKEN = 'canary-Shop-9Zt5';

/** The demo shop, which also records each complete reply. */
export interface ChaosShop extends AsyncDisposable {
  readonly server: DemoShop;
  readonly served: readonly ServedRecord[];
  put(order: OrderDocument): void;
  /** What goes wrong from now on, besides the 404 for late orders. */
  setFaults(faults: FaultHook | undefined): void;
}

export async function startChaosShop(
  steps: readonly Step[],
  options: { readonly latencyMs: number; readonly clockAheadMs: number },
): Promise<ChaosShop> {
  const served: ServedRecord[] = [];
  const late = lateOrders(steps);
  let faults: FaultHook | undefined;
  const server = await startDemoShop({
    ...options,
    token: SHOP_TOKEN,
    faults: (request) => {
      const isLate = request.attempt === 1 && request.references.some((reference) => late.has(reference));
      return faults?.(request) ?? (isLate ? statusFault(404) : undefined);
    },
    onRequest: (request) => served.push(...servedBy(request)),
  });
  return {
    server,
    served,
    put: (order) => server.put(order),
    setFaults: (next) => {
      faults = next;
    },
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function lateOrders(steps: readonly Step[]): Set<string> {
  return new Set(
    steps.flatMap((step) =>
      step.kind === 'publish' && step.event.fate === 'late' ? (step.event.orderNumber ?? []) : [],
    ),
  );
}

/** Faults after which the reply is still complete, though late or encoded differently. */
const HARMLESS: readonly unknown[] = [
  undefined,
  'delay',
  'slow-body',
  'compressed',
  'wrong-order',
  'old-version',
  'replica',
];

function servedBy({ served, references, fault }: RequestRecord): ServedRecord[] {
  if (!HARMLESS.includes(fault)) return [];
  return served.map((order) => ({
    references,
    orderNumber: String(order.orderNumber),
    shopOrderId: String(order.shopOrderId),
    content: canonicalText(orderSchema.parse(order)),
  }));
}
