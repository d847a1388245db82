import { isOrderReference } from '../../orders/order-reference.ts';
import type { InternalSystem } from '../internal-system.ts';
import { type Match, matchOf, type OrderRecord } from '../ledger.ts';
import type { SearchKind, SearchTerm } from './order-search.ts';
import { personalTerms } from './personal-terms.ts';
import { inBothCases, plainText, referenceReadings, referencesWithin, unique } from './references.ts';

/** Between two orders: what no order number contains, and lines. */
const BETWEEN = /[\n\r,，、;；]+/;
/** Room for a column of a spreadsheet. */
export const MAX_PARTS = 50;
/** Of names in the database, with one text: then it says no more of the rest. */
const MAX_LOOKUPS = 400;
/** A digit, or nothing but what numbers are made of. */
const MAY_BE_NUMBER = /^[^@]*\p{N}[^@]*$|^[A-Z#._/-]+$/iu;
/** An order is one among few. */
export const SEARCH_LIMIT = 20;

/** An order that a text may mean. */
export interface SearchHit {
  readonly record: OrderRecord;
  /** How the order goes by what was typed. */
  readonly by: Match | SearchKind;
  /** By which `findOrders` knows it. */
  readonly reference: string;
  /** The text was not this very reference: it was read as one. */
  readonly isRead: boolean;
}

/**
 * - `done`: looked for names, phones and addresses, or there was no need to
 * - `forbidden`: the text may be one, and who asks may not know
 * - `unsupported`: the internal system cannot search
 * - `preparing`: it cannot yet
 */
export type PersonalSearch = 'done' | 'forbidden' | 'unsupported' | 'preparing';

/** What one order number, name, phone or line of a text led to. */
export interface SearchedPart {
  readonly text: string;
  /** What it says if it is an order number; null if it can be none. */
  readonly reference: string | null;
  /** None is better than another. */
  readonly hits: readonly SearchHit[];
  readonly hasMore: boolean;
  readonly personal: PersonalSearch;
}

export interface SearchedText {
  readonly parts: readonly SearchedPart[];
  /** Parts beyond the first fifty, which were not looked for. */
  readonly skipped: number;
  /** By what of a person was searched: for the log, which must not say for whom. */
  readonly personalKinds: readonly SearchKind[];
}

/**
 * Finds the orders that a person means: by number, shop id or former number however it was typed, by tracking number and, if
 * `mayKnow`, by what is known of the buyer. What matches exactly is the answer; of everything else, all that matches is.
 *
 * @param system with `findOrders`
 * @throws SyncError when the internal system does not answer
 */
export async function searchByText(
  system: Pick<InternalSystem, 'findOrders' | 'searchOrders'>,
  text: string,
  mayKnow: boolean,
): Promise<SearchedText> {
  const search = new Search(system, mayKnow);
  const whole = await search.exactly(text.trim());
  if (whole !== undefined) return { parts: [whole], skipped: 0, personalKinds: [] };
  const texts = unique(text.split(BETWEEN).map((part) => part.trim())).filter((part) => plainText(part) !== '');
  const parts: SearchedPart[] = [];
  for (const part of texts.slice(0, MAX_PARTS)) parts.push(await search.find(part));
  return { parts, skipped: Math.max(0, texts.length - MAX_PARTS), personalKinds: [...search.personalKinds] };
}

class Search {
  readonly personalKinds = new Set<SearchKind>();
  readonly #system: Pick<InternalSystem, 'findOrders' | 'searchOrders'>;
  readonly #mayKnow: boolean;
  readonly #known = new Map<string, readonly OrderRecord[]>();

  constructor(system: Pick<InternalSystem, 'findOrders' | 'searchOrders'>, mayKnow: boolean) {
    this.#system = system;
    this.#mayKnow = mayKnow;
  }

  /** Undefined if no order goes by this very name. */
  async exactly(text: string): Promise<SearchedPart | undefined> {
    const hits = await this.#byReferences([text], text);
    return hits.length === 0 ? undefined : found(text, text, hits);
  }

  async find(text: string): Promise<SearchedPart> {
    const { isLabelled, terms } = personalTerms(text);
    if (isLabelled) return { text, reference: null, ...(await this.#byTerms(terms)) };
    const exact = await this.exactly(text);
    if (exact !== undefined) return exact;
    const readings = referenceReadings(text);
    const read = await this.#byReferences(readings, text);
    if (read.length > 0) return found(text, null, read);
    const within = unique(referencesWithin(text).flatMap(inBothCases)).filter((name) => !readings.includes(name));
    const mentioned = await this.#byReferences(within, text);
    // The groups of a phone number may each be the number of an order.
    const isClear = mentioned.length > 0 && !terms.some(({ kind }) => kind === 'phone');
    if (isClear) return found(text, null, mentioned);
    const { hits, ...others } = await this.#byTerms(terms);
    return { text, reference: numberOf(text, readings), hits: distinct([...mentioned, ...hits]), ...others };
  }

  async #byReferences(references: readonly string[], text: string): Promise<SearchHit[]> {
    const hits: SearchHit[] = [];
    for (const reference of references) {
      for (const record of await this.#lookUp(reference)) {
        hits.push({ record, by: matchOf(record, reference), reference, isRead: reference !== text });
      }
    }
    return distinct(hits);
  }

  async #lookUp(reference: string): Promise<readonly OrderRecord[]> {
    const known = this.#known.get(reference);
    if (known !== undefined) return known;
    if (!isOrderReference(reference) || this.#known.size >= MAX_LOOKUPS) return [];
    const records = (await this.#system.findOrders?.(reference)) ?? [];
    this.#known.set(reference, records);
    return records;
  }

  async #byTerms(all: readonly SearchTerm[]): Promise<Pick<SearchedPart, 'hits' | 'hasMore' | 'personal'>> {
    const known = all.filter(({ kind }) => kind === 'tracking-number' || this.#mayKnow);
    const isForbidden = known.length < all.length;
    const none = { hits: [], hasMore: false };
    if (all.length === 0) return { ...none, personal: 'done' };
    if (this.#system.searchOrders === undefined) return { ...none, personal: 'unsupported' };
    if (known.length === 0) return { ...none, personal: 'forbidden' };
    for (const { kind } of known) if (kind !== 'tracking-number') this.personalKinds.add(kind);
    const { orders, hasMore, isReady } = await this.#system.searchOrders({ terms: known, limit: SEARCH_LIMIT });
    if (!isReady) return { ...none, personal: isForbidden ? 'forbidden' : 'preparing' };
    const hits = orders.map(({ record, by }): SearchHit => {
      return { record, by, reference: record.orderNumber ?? record.reference, isRead: true };
    });
    return { hits, hasMore, personal: isForbidden && hits.length === 0 ? 'forbidden' : 'done' };
  }
}

function found(text: string, reference: string | null, hits: readonly SearchHit[]): SearchedPart {
  return { text, reference, hits, hasMore: false, personal: 'done' };
}

/** Each order once, as it was found first. */
function distinct(hits: readonly SearchHit[]): SearchHit[] {
  const byOrder = Map.groupBy(hits, ({ record, reference }) =>
    JSON.stringify([record.orderNumber ?? reference, record.shopOrderId]),
  );
  return [...byOrder.values()].flatMap(([first]) => first ?? []);
}

/**
 * Not a name or an address. `#403` stays as it is: there are shops whose numbers begin so. Of the ways to read anything else, the
 * shortest is what people would type, and the first of those its own.
 */
function numberOf(text: string, readings: readonly string[]): string | null {
  if (/^#[\w-]+$/.test(text)) return text;
  const numbers = [text, ...readings].filter((reading) => MAY_BE_NUMBER.test(reading) && isOrderReference(reading));
  return numbers.reduce<string | null>((best, one) => (best === null || one.length < best.length ? one : best), null);
}
