import { orderSchema } from '../orders/order.ts';
import type { OrderRecord, StoredOrder } from './ledger.ts';

/** A line of an order as shown: it holds nothing about a person. */
export interface ShownLine {
  readonly sku: string | null;
  readonly name: string | null;
  readonly quantity: number;
  readonly unitPrice: string | null;
  readonly lineTotal: string | null;
}

/** What is known of an order, without its document, which holds personal data. */
export type ShownRecord = Omit<OrderRecord, 'stored' | 'cursor'> & {
  readonly stored: (Omit<StoredOrder, 'document' | 'lines'> & { readonly lines: readonly ShownLine[] }) | null;
};

const linesOfDocument = orderSchema.pick({ lines: true });

export function shownRecord({ stored, cursor: _place, ...ledger }: OrderRecord): ShownRecord {
  if (stored === null) return { ...ledger, stored };
  const { document, lines: _count, ...order } = stored;
  return { ...ledger, stored: { ...order, lines: shownLines(document) } };
}

/** None if someone has edited the document so that it can't be read. */
function shownLines(document: string): ShownLine[] {
  try {
    const { lines } = linesOfDocument.parse(JSON.parse(document));
    return lines.map(({ sku, name, quantity, unitPrice, lineTotal }) => ({
      sku,
      name,
      quantity,
      unitPrice,
      lineTotal,
    }));
  } catch {
    return [];
  }
}
