import type { Order } from './order.ts';
import type { Shipment, ShipmentLine } from './shipment.ts';

type Ordered = readonly Pick<Order['lines'][number], 'lineId' | 'sku' | 'quantity'>[];

/** Quantities may be fractions, which floats do not add up exactly. */
const FLOAT_NOISE = 1e-9;

/**
 * Whether the order has what was shipped.
 *
 * @returns what it has not, in a sentence; undefined if all is well
 */
export function shippedLinesProblem({ lines }: Pick<Shipment, 'lines'>, ordered: Ordered): string | undefined {
  const shipped = new Map<string, number>();
  for (const line of lines ?? []) {
    const matching = ordered.filter((candidate) => isOf(line, candidate));
    const name = line.sku ?? `line ${line.lineId}`;
    if (matching.length === 0) return `The order has no ${line.sku === null ? name : `line with SKU ${name}`}.`;
    const total = (shipped.get(name) ?? 0) + line.quantity;
    shipped.set(name, total);
    const available = matching.reduce((sum, { quantity }) => sum + quantity, 0);
    if (total > available + FLOAT_NOISE) return `The order has ${available} of ${name}, not ${total}.`;
  }
  return undefined;
}

function isOf(line: ShipmentLine, { lineId, sku }: Ordered[number]): boolean {
  return (line.lineId === null || line.lineId === lineId) && (line.sku === null || line.sku === sku);
}
