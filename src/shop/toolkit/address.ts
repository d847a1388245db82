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

/** The canonical address; null when nothing of it is there, as for virtual goods. A company becomes the first line. */
export function address(parts: AddressParts | null | undefined): Address | null {
  if (parts === null || parts === undefined) return null;
  const known = {
    recipient: text(parts.name) ?? fullName(parts.firstName, parts.lastName),
    phone: text(parts.phone),
    country: text(parts.country),
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
export function text(value: Text): string | null {
  const trimmed = value === null || value === undefined ? '' : String(value).trim();
  return trimmed === '' ? null : trimmed;
}
