import { at } from '../../client/at.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import { type Order, parseOrder } from '../../orders/order.ts';
import { isOrderReference, ORDER_REFERENCE_RULE } from '../../orders/order-reference.ts';
import type { OrderSource, Results } from '../batched-fetch.ts';
import { badReply } from '../http/failures.ts';
import type { FetchResult } from '../shop-client.ts';
import { Fields, mappingError } from './fields.ts';
import type { ShopApi } from './shop-api.ts';
import type { ShopDefinition } from './shop-definition.ts';

/** The orders of a shop that a definition describes: which of those that came back is which, and whether it is what it should be. */
export class DefinedOrders implements OrderSource {
  readonly maxBatch: number;
  readonly #definition: ShopDefinition;
  readonly #api: ShopApi;
  readonly #names: readonly string[];

  constructor(definition: ShopDefinition, api: ShopApi) {
    this.maxBatch = definition.many === undefined ? 1 : (definition.maxBatch ?? 1);
    this.#definition = definition;
    this.#api = api;
    this.#names = definition.names ?? ['id'];
    if (definition.one === undefined && definition.many === undefined) {
      throw new TypeError('A shop needs a way to ask for one order or for many.');
    }
  }

  /** @throws SyncError when the shop fails, or answers with something that is no order */
  async one(reference: string, signal: AbortSignal): Promise<FetchResult> {
    if (!isOrderReference(reference)) {
      return failed(new SyncError('malformed_event', `Not an order number: expected ${ORDER_REFERENCE_RULE}.`));
    }
    if (!this.#canBe(reference)) return { kind: 'not-found' };
    const raw = await this.#fetchOne(reference, signal).catch(orNone);
    if (raw === undefined || raw === null) return { kind: 'not-found' };
    const names = this.#namesOf(raw);
    if (names.length === 0) throw badReply(`its order has no ${this.#names.join(' nor ')}`);
    if (names.includes(reference)) return await this.#read(raw, reference, signal);
    return failed(new SyncError('wrong_order', `The shop was asked for order ${reference} and answered with another.`));
  }

  /** Those of the references that the shop has. One that fits several orders is left out: fetched alone, the shop decides. */
  async many(references: readonly string[], signal: AbortSignal): Promise<Results> {
    const possible = references.filter((reference) => this.#canBe(reference));
    const raws = possible.length === 0 ? [] : await this.#definition.many?.(this.#api.until(signal), possible);
    const byName = Map.groupBy(
      (raws ?? []).flatMap((raw) => this.#namesOf(raw).map((name) => ({ name, raw }))),
      ({ name }) => name,
    );
    const results = possible.map(async (reference): Promise<[string, FetchResult] | undefined> => {
      const [match, ...others] = byName.get(reference) ?? [];
      const isClear = match !== undefined && others.length === 0;
      return isClear ? [reference, await this.#tryRead(match.raw, reference, signal)] : undefined;
    });
    return new Map((await Promise.all(results)).filter((result) => result !== undefined));
  }

  async #fetchOne(reference: string, signal: AbortSignal): Promise<unknown> {
    const { one, many } = this.#definition;
    const api = this.#api.until(signal);
    if (one !== undefined) return await one(api, reference);
    return (await many?.(api, [reference]))?.find((raw) => this.#namesOf(raw).includes(reference));
  }

  #canBe(reference: string): boolean {
    return this.#definition.nameFormat?.test(reference) ?? true;
  }

  #namesOf(raw: unknown): string[] {
    const values = this.#names.map((name) => at(raw, name));
    return [...new Set(values.filter((value) => typeof value === 'string' || typeof value === 'number').map(String))];
  }

  async #tryRead(raw: unknown, reference: string, signal: AbortSignal): Promise<FetchResult> {
    try {
      return await this.#read(raw, reference, signal);
    } catch (error) {
      signal.throwIfAborted();
      return failed(asSyncError(error));
    }
  }

  /** @throws SyncError when what completes the order cannot be had */
  async #read(raw: unknown, reference: string, signal: AbortSignal): Promise<FetchResult> {
    const { complete, toOrder } = this.#definition;
    try {
      const more = await complete?.(this.#api.until(signal), new Fields(raw));
      const parsed = parseOrder(toOrder(new Fields(Object.assign({}, raw, more))));
      if ('order' in parsed) return { kind: 'order', order: withoutEmptyLines(parsed.order) };
      return failed(new SyncError('invalid_order', `The shop's order ${reference} is not valid: ${parsed.problem}.`));
    } catch (error) {
      if (error instanceof SyncError && error.kind !== 'permanent') throw error;
      return failed(mappingError(error));
    }
  }
}

function withoutEmptyLines(order: Order): Order {
  const lines = order.lines.filter(({ quantity }) => quantity !== 0);
  return lines.length === order.lines.length ? order : { ...order, lines };
}

function orNone(error: unknown): undefined {
  if (error instanceof SyncError && error.reason === 'order_not_found' && error.kind !== 'outage') return undefined;
  throw error;
}

function failed(error: SyncError): FetchResult {
  return { kind: 'failed', error };
}
