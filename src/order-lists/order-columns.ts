import { conflictsOf, type OrderRecord } from '../internal-system/ledger.ts';
import { nextAttemptAt } from '../internal-system/next-attempt.ts';
import type { ShipmentRecord } from '../internal-system/shipment-store.ts';
import { addressText } from '../orders/address-text.ts';
import { orderSchema } from '../orders/order.ts';
import type { CellKind, CsvColumn } from './csv.ts';
import type { ExportedOrder } from './with-parcels.ts';

/** The words of a list: headers, and what its coded values mean. */
export interface ListWords {
  header(name: ColumnName): string;
  /** @param code such as `paid`, or `dead-lettered` */
  word(family: 'state' | 'status' | 'event' | 'conflict', code: string): string;
  readonly yes: string;
}

export const COLUMN_NAMES = [
  'order_number',
  'shop_order_id',
  'state',
  'status',
  'fulfilment_status',
  'conflicts',
  'conflict_since',
  'grand_total',
  'currency',
  'totals_mismatch',
  'lines',
  'tracking_numbers',
  'placed_at',
  'paid_at',
  'cancelled_at',
  'changed_at',
  'last_activity_at',
  'last_event',
  'attempts',
  'next_attempt_at',
  'last_error',
  'erp_id',
] as const;
export const PERSONAL_NAMES = ['buyer', 'recipient', 'phone', 'email', 'address'] as const;
export type PersonalName = (typeof PERSONAL_NAMES)[number];
export type ColumnName = (typeof COLUMN_NAMES)[number] | PersonalName;

export interface ListContent {
  readonly words: ListWords;
  /** For the next attempt. */
  readonly retryDelaysMs: readonly number[];
  /** Names, phone numbers, addresses. */
  readonly withPersonal: boolean;
}

/** What a list of orders has in a spreadsheet. */
export function orderColumns({ words, retryDelaysMs, withPersonal }: ListContent): CsvColumn<ExportedOrder>[] {
  const values: Record<(typeof COLUMN_NAMES)[number], [CellKind, CsvColumn<ExportedOrder>['value']]> = {
    order_number: ['name', ({ orderNumber, reference }) => orderNumber ?? reference],
    shop_order_id: ['name', ({ shopOrderId }) => shopOrderId],
    state: ['text', ({ state }) => words.word('state', state)],
    status: ['text', ({ stored }) => (stored === null ? null : words.word('status', stored.status))],
    fulfilment_status: ['text', ({ stored }) => stored?.fulfilmentStatus ?? null],
    conflicts: [
      'text',
      ({ stored }) =>
        stored &&
        conflictsOf(stored)
          .map((conflict) => words.word('conflict', conflict))
          .join('; '),
    ],
    conflict_since: ['time', ({ stored }) => stored?.conflictAt ?? null],
    grand_total: ['amount', ({ stored }) => stored?.grandTotal ?? null],
    currency: ['text', ({ stored }) => stored?.currency ?? null],
    totals_mismatch: ['text', ({ stored }) => (stored?.totalsMismatch === true ? words.yes : null)],
    lines: ['count', ({ stored }) => stored?.lines ?? null],
    tracking_numbers: ['name', ({ parcels }) => trackingNumbers(parcels)],
    placed_at: ['time', ({ stored }) => stored?.placedAt ?? null],
    paid_at: ['time', ({ stored }) => stored?.paidAt ?? null],
    cancelled_at: ['time', ({ stored }) => stored?.cancelledAt ?? null],
    changed_at: ['time', ({ stored }) => stored?.updatedAt ?? null],
    last_activity_at: ['time', ({ notedAt }) => notedAt ?? null],
    last_event: ['text', ({ lastEvent }) => words.word('event', lastEvent)],
    attempts: ['count', ({ attempts }) => attempts],
    next_attempt_at: ['time', (record) => nextAttemptAt(record, retryDelaysMs)],
    last_error: ['text', ({ lastError }) => lastError],
    erp_id: ['name', ({ stored }) => stored?.erp?.id ?? null],
  };
  const columns = COLUMN_NAMES.map((name) => {
    const [kind, value] = values[name];
    return { header: words.header(name), kind, value };
  });
  return withPersonal ? [...columns, ...personalColumns(words)] : columns;
}

function trackingNumbers(parcels: readonly ShipmentRecord[]): string {
  return parcels.flatMap(({ trackingNumber }) => trackingNumber ?? []).join(' ');
}

function personalColumns(words: ListWords): CsvColumn<ExportedOrder>[] {
  const kinds: Record<PersonalName, CellKind> = {
    buyer: 'text',
    recipient: 'text',
    phone: 'name',
    email: 'text',
    address: 'text',
  };
  return PERSONAL_NAMES.map((name) => ({
    header: words.header(name),
    kind: kinds[name],
    value: (record) => personsOf(record)?.[name] ?? null,
  }));
}

type Persons = Readonly<Record<PersonalName, string | null>>;

/** Of each order once, not once a column. */
const read = new WeakMap<OrderRecord, Persons | null>();

function personsOf(record: OrderRecord): Persons | null {
  const known = read.get(record);
  if (known !== undefined) return known;
  const persons = record.stored === null ? null : personsIn(record.stored.document);
  read.set(record, persons);
  return persons;
}

/** Null if someone has edited the document so that it can't be read. */
function personsIn(document: string): Persons | null {
  try {
    const { buyer, shippingAddress } = persons.parse(JSON.parse(document));
    return {
      buyer: buyer?.name ?? null,
      recipient: shippingAddress?.recipient ?? null,
      phone: shippingAddress?.phone || (buyer?.phone ?? null),
      email: buyer?.email ?? null,
      address: addressText(shippingAddress),
    };
  } catch {
    return null;
  }
}

const persons = orderSchema.pick({ buyer: true, shippingAddress: true });
