import { z } from 'zod';
import { at } from '../../client/at.ts';
import { asSyncError, SyncError } from '../../errors.ts';
import { fromMinorUnits, sum } from '../../orders/amounts.ts';
import { expectation } from '../../orders/fields.ts';
import { asList } from '../../orders/list-of.ts';
import { decimal } from '../../orders/money.ts';
import { describeIssues } from '../../orders/order.ts';
import { fromEpochSeconds, zoneless } from '../../orders/times.ts';

const KEYS = ['key', 'name', 'code', 'attribute_code'];

function each<Name extends string, T>(
  names: Readonly<Record<Name, string>>,
  read: (name: string) => T,
): Record<Name, T> {
  const pairs = Object.entries<string>(names).map(([name, place]) => [name, read(place)]);
  return Object.fromEntries(pairs) as Record<Name, T>;
}

/**
 * The fields of an order, or of a part of it, as the shop sent them: `order.text('billing.email')`. A name may lead deeper, with
 * a dot between. What is not there, null and an empty text are the same.
 *
 * All methods throw a SyncError `invalid_order` for a value of another kind. It names the field, never the value.
 */
export class Fields {
  readonly #json: unknown;
  readonly #place: string;

  constructor(json: unknown, place = '') {
    this.#json = json;
    this.#place = place;
  }

  /** All of it, as it was sent. */
  get json(): unknown {
    return this.#json;
  }

  /** As it was sent. */
  value(name: string): unknown {
    const value = at(this.#json, name);
    return value === undefined || value === '' ? null : value;
  }

  /** Text. A number becomes text. */
  text(name: string): string | null {
    const value = this.value(name);
    if (value === null || typeof value === 'string') return value;
    return typeof value === 'number' ? String(value) : this.#refuse(name, 'text', value);
  }

  /** Several at once, under the names of the canonical order: texts({ orderNumber: 'number', currency: 'currency' }). */
  texts<Name extends string>(names: Readonly<Record<Name, string>>): Record<Name, string | null> {
    return each(names, (name) => this.text(name));
  }

  /** Text that must be there: an id, a number, a status. */
  id(name: string): string {
    return this.text(name) ?? this.#refuse(name, 'text or a number', null);
  }

  /** An exact amount. */
  money(name: string): string | null {
    const value = this.value(name);
    if (value === null) return null;
    const amount = decimal.safeParse(value);
    return amount.success ? amount.data : this.#refuse(name, 'an amount such as "129.40"', value);
  }

  amounts<Name extends string>(names: Readonly<Record<Name, string>>): Record<Name, string | null> {
    return each(names, (name) => this.money(name));
  }

  /** Several amounts in minor units → major ones. @param digits see `money.fromMinorUnits` */
  minorAmounts<Name extends string>(
    names: Readonly<Record<Name, string>>,
    digits: number | string,
  ): Record<Name, string | null> {
    return each(names, (name) => fromMinorUnits(this.money(name), digits));
  }

  /** A number that must be there, sent as such or as text. */
  number(name: string): number {
    const value = this.value(name);
    const number = typeof value === 'string' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : this.#refuse(name, 'a number', value);
  }

  /** False if it is not there. */
  flag(name: string): boolean {
    const value = this.value(name);
    if (value === null || value === false || value === 0 || value === '0' || value === 'false') return false;
    return (
      value === true || value === 1 || value === '1' || value === 'true' || this.#refuse(name, 'true or false', value)
    );
  }

  /** A time without a zone → the instant. @param zone that the shop's times are in */
  zoneless(name: string, zone = 'UTC'): string | null {
    const value = this.value(name);
    if (value !== null && typeof value !== 'string')
      return this.#refuse(name, 'a time such as 2026-11-25 17:23:37', value);
    return (
      zoneless(value, zone) ??
      (value === null || /^0000/.test(value) ? null : this.#refuse(name, 'a time such as 2026-11-25 17:23:37', value))
    );
  }

  /** Several times in UTC that do not say so. */
  utcTimes<Name extends string>(names: Readonly<Record<Name, string>>): Record<Name, string | null> {
    return each(names, (name) => this.zoneless(name));
  }

  /** Seconds since 1970 → the instant. */
  epochSeconds(name: string): string | null {
    const value = this.value(name);
    return value === null ? null : fromEpochSeconds(this.number(name));
  }

  /** Several times in seconds since 1970. */
  epochTimes<Name extends string>(names: Readonly<Record<Name, string>>): Record<Name, string | null> {
    return each(names, (name) => this.epochSeconds(name));
  }

  /** A list that must be there, perhaps empty; with a fallback it need not. */
  list(name: string, fallback?: readonly Fields[]): readonly Fields[] {
    const value = this.value(name);
    if (value === null && fallback !== undefined) return fallback;
    const items = value === null ? undefined : asList(value);
    return (
      items?.map((item, index) => new Fields(item, `${this.#path(name)}.${index}.`)) ??
      this.#refuse(name, 'a list', value)
    );
  }

  /** The text under a key, in a list of keys and values as many shops have for what plug-ins add. */
  entry(list: string, key: string): string | null {
    const entry = this.list(list, []).find((each) => KEYS.some((name) => each.value(name) === key));
    return entry?.text('value') ?? null;
  }

  /** The exact sum of a field over a list: sum('refunds', 'total'). */
  sum(list: string, field: string): string {
    return sum(...this.list(list).map((item) => item.money(field)));
  }

  /** A part of it; null if it is not there. */
  object(name: string): Fields | null {
    const value = this.value(name);
    if (value === null) return null;
    return typeof value === 'object'
      ? new Fields(value, `${this.#path(name)}.`)
      : this.#refuse(name, 'an object', value);
  }

  #path(name: string): string {
    return this.#place + name;
  }

  #refuse(name: string, expected: string, value: unknown): never {
    throw new SyncError(
      'invalid_order',
      `The shop's order can't be read: ${this.#path(name)}: ${expectation(expected, value)}.`,
    );
  }
}

/** What a mapping threw → a SyncError `invalid_order`, unless it is a SyncError already. */
export function mappingError(error: unknown): SyncError {
  if (!(error instanceof z.ZodError)) return asSyncError(error, 'invalid_order');
  return new SyncError('invalid_order', `The shop's order can't be read: ${describeIssues(error.issues)}.`);
}
