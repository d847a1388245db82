import { asList } from '../../orders/list-of.ts';
import type { Fields } from './fields.ts';

type Text = string | number | null | undefined;

/** What shops know of an address. Empty texts count as nothing. */
export interface AddressParts {
  readonly name?: Text;
  readonly firstName?: Text;
  readonly lastName?: Text;
  readonly company?: Text;
  readonly phone?: Text;
  readonly country?: Text;
  readonly province?: Text;
  readonly city?: Text;
  readonly district?: Text;
  readonly lines?: readonly Text[];
  readonly postcode?: Text;
}

export interface Address {
  readonly recipient: string | null;
  readonly phone: string | null;
  readonly country: string | null;
  readonly province: string | null;
  readonly city: string | null;
  readonly district: string | null;
  readonly lines: readonly string[];
  readonly postcode: string | null;
}

/** What shops call the parts of an address: WooCommerce, Magento, Medusa, Shopify, Vendure, and most others. */
const USUAL_NAMES: Readonly<Record<Exclude<keyof AddressParts, 'lines'>, readonly string[]>> = {
  name: ['name', 'fullName', 'full_name', 'recipient', 'consignee'],
  firstName: ['firstName', 'first_name', 'firstname'],
  lastName: ['lastName', 'last_name', 'lastname'],
  company: ['company', 'company_name'],
  phone: ['phone', 'phoneNumber', 'phone_number', 'telephone', 'mobile', 'tel'],
  country: ['countryCode', 'countryCodeV2', 'country_code', 'country_id', 'country'],
  province: ['provinceCode', 'province_code', 'region_code', 'province', 'state', 'region'],
  city: ['city'],
  district: ['district', 'county'],
  postcode: ['postcode', 'postalCode', 'postal_code', 'zip', 'zipcode'],
};

const USUAL_LINES = [
  ['street', 'lines', 'address'],
  ['address_1', 'address1', 'streetLine1'],
  ['address_2', 'address2', 'streetLine2'],
];

/**
 * The parts of an address under the names that most shops use; `parts` are those that this one calls otherwise.
 *
 * Null when nothing of it is there, as for virtual goods.
 */
export function addressOf(raw: Fields | null, parts: AddressParts = {}): Address | null {
  if (raw === null) return null;
  const first = (names: readonly string[]) => names.map((name) => raw.value(name)).filter(isText)[0];
  const usual = Object.entries(USUAL_NAMES).map(([part, names]) => [part, first(names)]);
  const lines = USUAL_LINES.flatMap((names) =>
    names.flatMap((name) => asList(raw.value(name)) ?? raw.value(name)).filter(isText),
  );
  return address({ ...Object.fromEntries(usual), lines, ...parts });
}

/** A buyer under the usual names; `id` is the customer's, null, empty or 0 for a guest. */
export function buyerOf(raw: Fields | null, id: Text = null) {
  const first = (part: 'name' | 'firstName' | 'lastName' | 'phone') =>
    USUAL_NAMES[part].map((name) => raw?.value(name)).filter(isText)[0];
  return {
    id: text(id) === '0' ? null : text(id),
    name: text(first('name')) ?? fullName(first('firstName'), first('lastName')),
    email: text(raw?.text('email') ?? raw?.text('emailAddress')),
    phone: text(first('phone')),
  };
}

function isText(value: unknown): value is string | number {
  return (typeof value === 'string' && value.trim() !== '') || typeof value === 'number';
}

/** The canonical address; null when nothing of it is there, as for virtual goods. A company becomes the first line. */
export function address(parts: AddressParts | null | undefined): Address | null {
  if (parts === null || parts === undefined) return null;
  const known = {
    recipient: text(parts.name) ?? fullName(parts.firstName, parts.lastName),
    phone: text(parts.phone),
    country: text(parts.country)?.replace(/^[a-z]{2}$/, (code) => code.toUpperCase()) ?? null,
    province: text(parts.province),
    city: text(parts.city),
    district: text(parts.district),
    lines: [parts.company, ...(parts.lines ?? [])].map(text).filter((line) => line !== null),
    postcode: text(parts.postcode),
  };
  const { lines, ...texts } = known;
  return lines.length === 0 && Object.values(texts).every((value) => value === null) ? null : known;
}

/** Names written in Chinese characters have the family name first and no blank between. */
export function fullName(firstName: Text, lastName: Text): string | null {
  const [first, last] = [text(firstName), text(lastName)];
  if (first === null || last === null) return first ?? last;
  return HAN.test(first + last) ? `${last}${first}` : `${first} ${last}`;
}

const HAN = /^\p{Script=Han}+$/u;

/** Null for an empty text. */
function text(value: Text): string | null {
  const trimmed = value === null || value === undefined ? '' : String(value).trim();
  return trimmed === '' ? null : trimmed;
}
