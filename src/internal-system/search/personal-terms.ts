import type { SearchTerm } from './order-search.ts';
import { plainText, withoutLabel } from './references.ts';

const LABELS: readonly (readonly [SearchTerm['kind'] | 'order', RegExp])[] = [
  ['phone', /^(?:手机号码|手机号|手机尾号|尾号|手机|电话号码|电话|联系电话|phone|mobile|tel)(?=[^\p{L}]|$)[ .:]*/iu],
  ['email', /^(?:电子邮箱|电子邮件|邮箱|邮件|e-?mail|mail)(?=[^\p{L}]|$)[ .:]*/iu],
  ['name', /^(?:收件人|收货人|买家|顾客|客户|姓名|name|buyer|recipient|customer)(?=[ .:])[ .:]*/iu],
  ['tracking-number', /^(?:运单号|快递单号|物流单号|运单|tracking(?: (?:no|number))?)(?=[^\p{L}]|$)[ .:]*/iu],
];

/** What a phone number is written with. */
const PHONE = /^\+?[\d ()./-]+$/;
/** One of a carrier: `SF1234567890`, `1Z 999 AA1 …`. */
const TRACKING = /^[A-Z0-9]{6,40}$/;
/** Shorter ones would find a good part of all orders. */
export const MIN_PHONE_DIGITS = 4;
const MAX_PHONE_DIGITS = 20;
const MIN_EMAIL = 3;
const MIN_WHOLE_NUMBER = 8;
const MAX_TEXT = 64;
/** One Chinese character is a family name that a tenth of all buyers have. */
const MIN_NAME = 3;
const MIN_NAME_IN_IDEOGRAPHS = 2;
const IDEOGRAPHS = /[\p{sc=Han}\p{sc=Hangul}\p{sc=Hiragana}\p{sc=Katakana}]/u;

export interface PersonalReading {
  /** A label says that it is no order number. */
  readonly isLabelled: boolean;
  readonly terms: readonly SearchTerm[];
}

/** What a text may say of a buyer or a parcel. One of a phone's digits may be any of several. */
export function personalTerms(text: string): PersonalReading {
  const plain = plainText(text);
  for (const [kind, label] of LABELS) {
    const rest = plain.replace(label, '');
    if (rest !== plain) return { isLabelled: true, terms: termsOf(rest).filter((term) => term.kind === kind) };
  }
  return { isLabelled: false, terms: termsOf(withoutLabel(plain)) };
}

function termsOf(text: string): SearchTerm[] {
  const compact = text.replaceAll(' ', '');
  const tracking = compact.toUpperCase();
  const digits = PHONE.test(text) ? text.replace(/\D/g, '') : '';
  const words = compact.toLowerCase().slice(0, MAX_TEXT);
  const terms: SearchTerm[] = [];
  if (TRACKING.test(tracking) && /\d/.test(tracking)) terms.push({ kind: 'tracking-number', text: tracking });
  if (digits.length >= MIN_PHONE_DIGITS && digits.length <= MAX_PHONE_DIGITS)
    terms.push({ kind: 'phone', text: digits });
  if (isEmail(compact)) terms.push({ kind: 'email', text: words });
  if (isName(text)) terms.push({ kind: 'name', text: words });
  return terms;
}

/** An address, or the beginning of one. */
function isEmail(text: string): boolean {
  return text.length >= MIN_EMAIL && /^[\w.+'-]+(?:@[\p{L}\p{N}.-]*)?$/u.test(text) && /\p{L}/u.test(text);
}

function isName(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters >= (IDEOGRAPHS.test(text) ? MIN_NAME_IN_IDEOGRAPHS : MIN_NAME) && !/[@\d]/.test(text);
}

/**
 * The whole numbers that a number stands for where the shop leaves out the country code; the trunk's 0 may stand in its place.
 *
 * @param digits of a phone
 */
export function withoutCountryCode(digits: string): string[] {
  const international = digits.replace(/^00/, '');
  // Only those of North America and Russia have one digit.
  const lengths = /^[17]/.test(international) ? [1] : [2, 3];
  return [0, ...lengths]
    .map((length) => international.slice(length).replace(/^0/, ''))
    .filter((rest) => rest.length >= MIN_WHOLE_NUMBER)
    .flatMap((rest) => [rest, `0${rest}`]);
}
