import { SyncError } from '../../../errors.ts';
import type { Shipment, ShipmentLine } from '../../../orders/shipment.ts';
import type { LineInShop, OrderInShop, ParcelInShop, ShippedLine } from './definition.ts';

/** Quantities may be fractions, which floats do not add up exactly. */
const NOISE = 1e-9;

/**
 * The lines that a shipment takes of what is left of an order: each by its id or its SKU, which may stand in several lines.
 *
 * @throws SyncError `invalid_shipment` if the order has no such line, `shipment_refused` if less is left than was shipped
 */
export function linesToShip({ lines }: Pick<Shipment, 'lines'>, order: OrderInShop): readonly ShippedLine[] {
  if (lines === null) {
    const left = order.lines.filter((line) => line.left > 0 && line.requiresShipping !== false);
    if (left.length === 0) throw refused('nothing of the order is left to be shipped');
    return left.map((line) => ({ lineId: line.lineId, quantity: line.left }));
  }
  const stock = new Map(order.lines.map((line) => [line.lineId, line.left]));
  const taken = lines.flatMap((line, index) => {
    const matching = order.lines.filter((candidate) => isOf(line, candidate));
    if (matching.length === 0) {
      const finding = `The shop's order has no line such as number ${index + 1} of the shipment.`;
      throw new SyncError('invalid_shipment', finding, { remedy: 'Is its line id or SKU right?' });
    }
    const { took, missing } = take(line.quantity, matching, stock);
    if (missing <= NOISE) return took;
    const left = Number((line.quantity - missing).toFixed(6));
    throw refused(
      `of line ${index + 1}, ${line.quantity} were shipped here, and the shop has ${left} left to be shipped`,
    );
  });
  return merged(taken);
}

/** Whether a parcel in the shop has just these lines. */
export function hasLines(parcel: ParcelInShop, wanted: readonly ShipmentLine[], order: OrderInShop): boolean {
  const stock = new Map(parcel.lines.map(({ lineId, quantity }) => [lineId, quantity]));
  const isIn = wanted.every((line) => {
    const matching = order.lines.filter((candidate) => isOf(line, candidate));
    return take(line.quantity, matching, stock).missing <= NOISE;
  });
  return isIn && [...stock.values()].every((rest) => rest <= NOISE);
}

/** Whether all that is to be shipped is shipped once these are. */
export function isRest(shipped: readonly ShippedLine[], { lines }: OrderInShop): boolean {
  const taken = new Map(shipped.map(({ lineId, quantity }) => [lineId, quantity]));
  const toShip = lines.filter((line) => line.requiresShipping !== false);
  return toShip.every((line) => line.left - (taken.get(line.lineId) ?? 0) <= NOISE);
}

function take(quantity: number, from: readonly LineInShop[], stock: Map<string, number>) {
  let missing = quantity;
  const took: ShippedLine[] = [];
  for (const { lineId } of from) {
    const available = stock.get(lineId) ?? 0;
    const taking = Math.min(available, missing);
    if (taking <= NOISE) continue;
    stock.set(lineId, available - taking);
    missing -= taking;
    took.push({ lineId, quantity: taking });
  }
  return { took, missing };
}

function merged(lines: readonly ShippedLine[]): ShippedLine[] {
  const byId = Map.groupBy(lines, ({ lineId }) => lineId);
  return Array.from(byId, ([lineId, parts]) => ({ lineId, quantity: parts.reduce((sum, it) => sum + it.quantity, 0) }));
}

function isOf(line: ShipmentLine, { lineId, sku }: LineInShop): boolean {
  return (line.lineId === null || line.lineId === lineId) && (line.sku === null || line.sku === sku);
}

function refused(why: string): SyncError {
  return new SyncError('shipment_refused', `The shipment can't be reported: ${why}.`);
}
