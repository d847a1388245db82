import { createHash } from 'node:crypto';
import { type NetPart, netParts, type Order } from '../../erp/index.ts';
import type { TrytonSettings } from './settings.ts';

/** What a sale says of an order, by names and codes: the same order always gives the same. */
export interface SaleContent {
  readonly reference: string;
  readonly currency: string;
  readonly day: string;
  readonly comment: string;
  /** Null for digital goods, and for those that the buyer picks up. */
  readonly address: SaleAddress | null;
  readonly lines: readonly SaleLine[];
  /** Tryton computes its own; this one is compared with it. */
  readonly total: string;
}

export interface SaleAddress {
  readonly party_name: string;
  readonly street: string;
  readonly city: string;
  readonly postal_code: string;
  /** ISO 3166, two letters; null if the order has none. */
  readonly country: string | null;
}

export interface SaleLine {
  /** The article's code. */
  readonly code: string;
  readonly quantity: number;
  /** Net, with the four places that Tryton's prices have. */
  readonly unitPrice: string;
  readonly isTaxed: boolean;
  readonly description: string;
}

export function contentOf(order: Order, settings: TrytonSettings): SaleContent {
  const { orderNumber, currency, placedAt, buyerNote, shippingAddress: to } = order;
  const phone = to?.phone ?? order.buyer?.phone;
  return {
    reference: settings.referencePrefix + orderNumber,
    currency,
    day: placedAt,
    comment: joined('\n', [
      phone && `Phone: ${phone}`,
      order.buyer?.email && `E-mail: ${order.buyer.email}`,
      buyerNote,
    ]),
    address: to && {
      party_name: joined(' ', [to.recipient ?? order.buyer?.name]),
      street: joined('\n', to.lines),
      city: joined(', ', [to.city, to.district, to.province]),
      postal_code: joined('', [to.postcode]),
      country: to.country,
    },
    lines: netParts(order).map((part) => lineOf(part, settings)),
    total: order.totals.grand,
  };
}

function lineOf({ kind, line, label, quantity, unitPrice, isTaxed }: NetPart, { articles }: TrytonSettings): SaleLine {
  const price = { quantity, unitPrice: unitPrice.toFixed(PRICE_PLACES), isTaxed };
  if (kind !== 'item') return { code: articles[kind], ...price, description: label ?? '' };
  return { code: line?.sku ?? '', ...price, description: label ?? '' };
}

const PRICE_PLACES = 4;

function joined(separator: string, parts: readonly (string | null | undefined)[]): string {
  return parts.filter((part) => part !== null && part !== undefined && part.trim() !== '').join(separator);
}

export function digestOf(content: SaleContent): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12);
}
