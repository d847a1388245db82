import { z } from 'zod';
import { asSyncError, SyncError } from '../../errors.ts';
import { describeIssues, parseOrder } from '../../orders/order.ts';
import { isOrderReference, ORDER_REFERENCE_RULE } from '../../orders/order-reference.ts';
import type { Results } from '../batched-fetch.ts';
import type { FetchResult } from '../shop-client.ts';
import { at, Fields } from './fields.ts';

interface Matching {
  readonly names: readonly string[];
  readonly nameFormat?: RegExp;
  readonly toOrder: (order: Fields) => unknown;
}

/** Which of the orders that came back is which of those that were asked for, and whether it is what it should be. */
export class OrderMatcher {
  readonly #names: readonly string[];
  readonly #nameFormat: RegExp;
  readonly #toOrder: (order: Fields) => unknown;

  constructor({ names, nameFormat = /^/, toOrder }: Matching) {
    this.#names = names;
    this.#nameFormat = nameFormat;
    this.#toOrder = toOrder;
  }

  /** Whether the shop can have an order of that name. */
  isName(reference: string): boolean {
    return this.#nameFormat.test(reference);
  }

  /** @throws SyncError when the shop fails, or answers with something that is no order */
  async one(reference: string, fetch: () => Promise<unknown>): Promise<FetchResult> {
    if (!isOrderReference(reference)) {
      return failed(new SyncError('malformed_event', `Not an order number: expected ${ORDER_REFERENCE_RULE}.`));
    }
    if (!this.isName(reference)) return { kind: 'not-found' };
    const raw = await fetch().catch((error: unknown) => {
      if (error instanceof SyncError && error.reason === 'order_not_found' && error.kind !== 'outage') return undefined;
      throw error;
    });
    if (raw === undefined || raw === null) return { kind: 'not-found' };
    const names = this.#namesOf(raw);
    if (names.length === 0) {
      const fields = this.#names.join(' nor ');
      throw new SyncError('shop_bad_reply', `The shop's reply can't be used: its order has no ${fields}.`);
    }
    if (!names.includes(reference)) {
      return failed(
        new SyncError('wrong_order', `The shop was asked for order ${reference} and answered with another.`),
      );
    }
    return this.#read(raw, reference);
  }

  /** Those of the references that are among the orders. One that fits several is left out: fetched alone, the shop decides. */
  many(references: readonly string[], raws: readonly unknown[]): Results {
    const byName = Map.groupBy(
      raws.flatMap((raw) => this.#namesOf(raw).map((name) => ({ name, raw }))),
      ({ name }) => name,
    );
    const results: Results = new Map();
    for (const reference of references) {
      const [match, ...others] = byName.get(reference) ?? [];
      if (match !== undefined && others.length === 0) results.set(reference, this.#read(match.raw, reference));
    }
    return results;
  }

  #namesOf(raw: unknown): string[] {
    if (typeof raw !== 'object' || raw === null) return [];
    const values = this.#names.map((name): unknown => at(raw, name));
    return [...new Set(values.filter((value) => typeof value === 'string' || typeof value === 'number').map(String))];
  }

  #read(raw: unknown, reference: string): FetchResult {
    let parsed: ReturnType<typeof parseOrder>;
    try {
      parsed = parseOrder(this.#toOrder(new Fields(raw)));
    } catch (error) {
      return failed(mappingError(error, reference));
    }
    if ('problem' in parsed) {
      return failed(new SyncError('invalid_order', `The shop's order ${reference} is not valid: ${parsed.problem}.`));
    }
    return { kind: 'order', order: parsed.order };
  }
}

function mappingError(error: unknown, reference: string): SyncError {
  if (!(error instanceof z.ZodError)) return asSyncError(error, 'invalid_order');
  return new SyncError(
    'invalid_order',
    `The shop's order ${reference} can't be read: ${describeIssues(error.issues)}.`,
  );
}

function failed(error: SyncError): FetchResult {
  return { kind: 'failed', error };
}
