import { type Order, type OrderStatus, orderSchema } from '../orders/order.ts';

/**
 * What the warehouse must hear of, as it may be packing or shipping something else by now. All but `gone` arise only once
 * staff have begun to pick; a shop that has deleted an order counts as soon as the order was to be shipped.
 */
export const CONFLICTS = [
  'cancelled',
  'refunded',
  'no_longer_paid',
  'on_hold',
  'reinstated',
  'nothing_to_ship',
  'items_removed',
  'items_added',
  'address_changed',
  'number_changed',
  'gone',
] as const;
export type Conflict = (typeof CONFLICTS)[number];

/** As the log, the command line and the alerts say it. No personal data: the change is named, not the value. */
export const CONFLICT_WORDS: Readonly<Record<Conflict, string>> = {
  cancelled: 'cancelled',
  refunded: 'refunded in full',
  no_longer_paid: 'no longer paid',
  on_hold: 'put on hold',
  reinstated: 'valid again after it was cancelled or refunded',
  nothing_to_ship: 'nothing left to ship',
  items_removed: 'items removed',
  items_added: 'items added',
  address_changed: 'shipping address changed',
  number_changed: 'order number changed',
  gone: 'the shop no longer has this order',
};

/** The end of a sentence that says what was written. Empty without a conflict. */
export function conflictWarning(conflicts: readonly Conflict[]): string {
  if (conflicts.length === 0) return '';
  const words = conflicts.map((conflict) => CONFLICT_WORDS[conflict]).join(', ');
  return conflicts.includes('gone') ? `, but it is stored as paid: ${words}` : `, but picking had begun: ${words}`;
}

/** The parcel must not leave. Any other conflict means that it must be checked. */
const STOPS: readonly Conflict[] = ['cancelled', 'refunded', 'no_longer_paid', 'on_hold', 'nothing_to_ship', 'gone'];

export function stopsParcel(conflicts: readonly Conflict[]): boolean {
  return conflicts.some((conflict) => STOPS.includes(conflict));
}

export const NO_CONFLICTS: readonly Conflict[] = [];

/** What a `WriteResult` says, in full. */
export function raisedBy(conflict: boolean | readonly Conflict[]): readonly Conflict[] {
  if (typeof conflict !== 'boolean') return conflict;
  return conflict ? ['cancelled'] : NO_CONFLICTS;
}

/** A new order's fulfilment status; staff move it on. Anything else but `cancelled` means that picking has begun. */
export const NOT_YET_PICKED = 'new';
const PUT_BACK = 'cancelled';

export function pickingBegan(fulfilmentStatus: string): boolean {
  return fulfilmentStatus !== NOT_YET_PICKED && fulfilmentStatus !== PUT_BACK;
}

/** The stored order that a newer version replaces. */
export interface ReplacedOrder {
  readonly orderNumber: string;
  readonly status: OrderStatus;
  readonly fulfilmentStatus: string;
  /** What staff pick from, as JSON text. Read only where it is needed: see `isPickedFrom`. */
  readonly document?: string | undefined;
}

/** The conflicts that replacing the stored order with this version brings, in the order of `CONFLICTS`. */
export function conflictsRaised(before: ReplacedOrder, after: Order): readonly Conflict[] {
  if (isReinstated(before, after)) return after.status === 'on_hold' ? ['on_hold', 'reinstated'] : ['reinstated'];
  if (!pickingBegan(before.fulfilmentStatus)) return NO_CONFLICTS;
  const stop = stopOf(before.status, after.status);
  if (stop !== undefined && !isLive(after.status)) return [stop];
  // What stops the parcel may pass, and the order is then compared with what was stopped: so changes are told now.
  const changes = isLive(before.status) ? changesOf(before, after) : NO_CONFLICTS;
  return stop === undefined ? changes : [stop, ...changes];
}

/** Staff may have put it back by now, in their own words. */
function isReinstated({ status, fulfilmentStatus }: ReplacedOrder, after: Order): boolean {
  return fulfilmentStatus !== NOT_YET_PICKED && !isLive(status) && isLive(after.status) && after.status !== 'pending';
}

function stopOf(before: OrderStatus, after: OrderStatus): Conflict | undefined {
  if (after === 'cancelled') return before === 'cancelled' ? undefined : 'cancelled';
  if (!isLive(before)) return undefined;
  if (after === 'refunded') return 'refunded';
  if (after === 'on_hold') return before === 'on_hold' ? undefined : 'on_hold';
  return after === 'pending' && before !== 'pending' ? 'no_longer_paid' : undefined;
}

function isLive(status: OrderStatus): boolean {
  return status !== 'cancelled' && status !== 'refunded';
}

const packed = orderSchema.pick({ lines: true, shippingAddress: true });
type Packed = Pick<Order, 'lines' | 'shippingAddress'>;

function changesOf({ orderNumber, document }: ReplacedOrder, after: Order): Conflict[] {
  const before = document === undefined ? undefined : parsed(document);
  return [
    ...(before === undefined ? [] : itemsChanged(before, after)),
    ...(before === undefined || addressOf(before) === addressOf(after) ? [] : (['address_changed'] as const)),
    ...(orderNumber === after.orderNumber ? [] : (['number_changed'] as const)),
  ];
}

/** Undefined if someone has edited the document so that it can't be read: then nothing is known to have changed. */
function parsed(document: string): Packed | undefined {
  try {
    return packed.parse(JSON.parse(document));
  } catch {
    return undefined;
  }
}

function itemsChanged(before: Packed, after: Packed): Conflict[] {
  if (after.lines.length === 0) return before.lines.length === 0 ? [] : ['nothing_to_ship'];
  const [had, has] = [quantities(before.lines), quantities(withKnownSkus(after.lines, before.lines))];
  const differences = [...new Set([...had.keys(), ...has.keys()])].map(
    (item) => (has.get(item) ?? 0) - (had.get(item) ?? 0),
  );
  return [
    ...(differences.some((difference) => difference < -FLOAT_NOISE) ? (['items_removed'] as const) : []),
    ...(differences.some((difference) => difference > FLOAT_NOISE) ? (['items_added'] as const) : []),
  ];
}

/** Quantities may be fractions, which floats do not add up exactly. */
const FLOAT_NOISE = 1e-9;

/** A shop that knows no SKU of a product any more has not exchanged it. */
function withKnownSkus(lines: Packed['lines'], before: Packed['lines']): Packed['lines'] {
  const skuOf = new Map(before.map(({ lineId, sku }) => [lineId, sku]));
  return lines.map((line) =>
    line.sku === null && line.lineId !== null ? { ...line, sku: skuOf.get(line.lineId) ?? null } : line,
  );
}

/** By SKU: a line that is split in two is the same parcel. */
function quantities(lines: Packed['lines']): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { sku, name, lineId, quantity } of lines) {
    const item = sku || name || lineId || '';
    sums.set(item, (sums.get(item) ?? 0) + quantity);
  }
  return sums;
}

/** What is on the label: an absent part is as good as an empty one. */
function addressOf({ shippingAddress: address }: Packed): string {
  if (address === null) return '';
  const { recipient, phone, country, province, city, district, lines, postcode } = address;
  return JSON.stringify(
    [recipient, phone, country, province, city, district, ...lines, postcode].map((part) => part?.trim() ?? ''),
  );
}

/** The conflicts that are open once these have been raised: each once, in the order they arose. */
export function withRaised(open: readonly Conflict[], raised: readonly Conflict[]): readonly Conflict[] {
  return raised.length === 0 ? open : [...new Set([...open, ...raised])];
}

/** The shop has shown the order: it is not gone; and if it is to be shipped, or was, it is not on hold any more. */
export function stillOpen(open: readonly Conflict[], status: OrderStatus): readonly Conflict[] {
  const isReleased = status === 'paid' || status === 'completed';
  const isOver = (conflict: Conflict) => conflict === 'gone' || (conflict === 'on_hold' && isReleased);
  return open.some(isOver) ? open.filter((conflict) => !isOver(conflict)) : open;
}

/** As they are stored, and read with plain SQL. */
export function conflictsText(open: readonly Conflict[]): string | null {
  return open.length === 0 ? null : open.join(', ');
}

/** @param isOpen the flag that staff clear; set with no text, it is from before there were several kinds */
export function openConflicts(isOpen: boolean, text: string | null): readonly Conflict[] {
  if (!isOpen) return NO_CONFLICTS;
  const names = (text ?? 'cancelled').split(', ');
  return CONFLICTS.filter((conflict) => names.includes(conflict)).sort((a, b) => names.indexOf(a) - names.indexOf(b));
}
