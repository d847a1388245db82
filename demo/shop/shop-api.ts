import type { OrderDocument } from '../orders/make-orders.ts';
import type { Fault, PlannedReply } from './faults.ts';

/** The demo shop's orders, each with all its versions. */
export class OrderBook {
  readonly #versions = new Map<string, { readonly order: OrderDocument; readonly at: number }[]>();
  readonly #numbersById = new Map<string, string>();

  put(order: OrderDocument): void {
    const number = String(order.orderNumber);
    this.#numbersById.set(String(order.shopOrderId), number);
    this.#versions.set(number, [...(this.#versions.get(number) ?? []), { order, at: Date.now() }]);
  }

  /** By number or shop id: the newest version, or the one `back` versions earlier (at the earliest the first). */
  find(reference: string, back = 0): OrderDocument | undefined {
    const versions = this.#versionsOf(reference);
    return versions[Math.max(0, versions.length - 1 - back)]?.order;
  }

  /** As it was `lagMs` ago; undefined if there was none. */
  findBefore(reference: string, lagMs: number): OrderDocument | undefined {
    return this.#versionsOf(reference).findLast(({ at }) => at <= Date.now() - lagMs)?.order;
  }

  /** Any order but this one. */
  other(reference: string): OrderDocument | undefined {
    return this.list().find((order) => order.orderNumber !== reference && order.shopOrderId !== reference);
  }

  list(): OrderDocument[] {
    return [...this.#versions.values()].flatMap((versions) => versions.at(-1)?.order ?? []);
  }

  #versionsOf(reference: string) {
    return this.#versions.get(reference) ?? this.#versions.get(this.#numbersById.get(reference) ?? '') ?? [];
  }
}

/** A request, parsed from its path. */
export type Query =
  | { readonly kind: 'one'; readonly references: readonly [string] }
  | { readonly kind: 'many'; readonly references: readonly string[] }
  | { readonly kind: 'since'; readonly field: 'updatedAt' | 'placedAt'; readonly since: number; readonly page: number }
  | { readonly kind: 'shipment'; readonly orderNumber: string; readonly shipmentId: string }
  | { readonly kind: 'unknown' };

export function parseQuery(path: string): Query {
  const url = new URL(path, 'http://shop');
  const [, reference] = /^\/orders\/([^/]+)$/.exec(url.pathname) ?? [];
  if (reference !== undefined) return { kind: 'one', references: [decodeURIComponent(reference)] };
  const [, orderNumber, shipmentId] = /^\/orders\/([^/]+)\/shipments\/([^/]+)$/.exec(url.pathname) ?? [];
  if (orderNumber !== undefined && shipmentId !== undefined)
    return {
      kind: 'shipment',
      orderNumber: decodeURIComponent(orderNumber),
      shipmentId: decodeURIComponent(shipmentId),
    };
  if (url.pathname !== '/orders') return { kind: 'unknown' };
  const numbers = url.searchParams.get('numbers');
  if (numbers !== null) return { kind: 'many', references: numbers.split(',') };
  const updatedSince = url.searchParams.get('updatedSince');
  const since = Date.parse(updatedSince ?? url.searchParams.get('placedSince') ?? '');
  const page = Number(url.searchParams.get('page') ?? 1);
  if (Number.isNaN(since) || !Number.isSafeInteger(page) || page < 1) return { kind: 'unknown' };
  return { kind: 'since', field: updatedSince === null ? 'placedAt' : 'updatedAt', since, page };
}

export interface Answer {
  readonly reply: PlannedReply;
  /** The orders that the reply contains in full. */
  readonly served: readonly OrderDocument[];
}

/** The shop's answer. A list is cut to the page size silently, as real shops do. */
export function answerTo(
  query: Exclude<Query, { kind: 'shipment' }>,
  book: OrderBook,
  pageSize: number,
  fault: Fault | undefined,
): Answer {
  switch (query.kind) {
    case 'one': {
      const [order] = find(query.references, book, fault);
      return order === undefined ? notFound() : { reply: json(200, order), served: [order] };
    }
    case 'many': {
      const served = find(query.references, book, fault).slice(0, pageSize);
      return { reply: json(200, { orders: served }), served };
    }
    case 'since':
      return { reply: json(200, since(query, book, pageSize)), served: [] };
    case 'unknown':
      return notFound();
  }
}

export function json(status: number, value: unknown): PlannedReply {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(value) };
}

function notFound(): Answer {
  return { reply: json(404, { error: 'not found' }), served: [] };
}

function find(references: readonly string[], book: OrderBook, fault: Fault | undefined): OrderDocument[] {
  const found = references.flatMap((reference) => findOne(reference, book, fault) ?? []);
  return [...new Set(found)];
}

function findOne(reference: string, book: OrderBook, fault: Fault | undefined): OrderDocument | undefined {
  if (fault?.kind === 'wrong-order') return book.other(reference);
  if (fault?.kind === 'replica') return book.findBefore(reference, fault.lagMs);
  return book.find(reference, fault?.kind === 'old-version' ? 1 : 0);
}

function since({ field, since, page }: Extract<Query, { kind: 'since' }>, book: OrderBook, pageSize: number) {
  const matching = book
    .list()
    .filter((order) => Date.parse(order[field]) >= since)
    .sort((a, b) => Date.parse(a[field]) - Date.parse(b[field]));
  const orders = matching
    .slice((page - 1) * pageSize, page * pageSize)
    .map(({ orderNumber, status, updatedAt }) => ({ orderNumber, status, updatedAt }));
  return { orders, nextPage: page * pageSize < matching.length ? page + 1 : null };
}
