/**
 * An order reference is the name by which an event, a shop or a person knows an order: the order number people use, or the
 * shop's own id. It is text everywhere, compared character by character and stored as it is: `007` is not `7`, `1001` is not
 * `#1001`, and no Unicode normalisation makes two names one.
 *
 * It becomes part of URLs, log lines and command lines. So it has no character that is invisible, reverses text, or means
 * something in a URL, a list or markup even to a server that decodes twice, and no path segment that leads elsewhere.
 */
export const ORDER_REFERENCE_RULE =
  '1 to 64 visible characters, with blanks only between them and a letter or digit among them; ' +
  'none of \\ % ? & , ; " \' ` < > { } ^; and no "." or ".." that stands alone or between slashes';

/** The two names of an order: the number people use, and the shop's own id. */
export type OrderName = 'orderNumber' | 'shopOrderId';

/** Code points, as the databases count them. */
const MAX_CHARACTERS = 64;
/** Nearly all references: the full check costs ten times as much. */
const PLAIN = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/;

const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
/** Not a letter, mark, digit, punctuation or symbol; or one that is drawn as nothing. */
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]|[\p{Default_Ignorable_Code_Point}\u2800]/u;
const EVERY_UNPRINTABLE = new RegExp(UNPRINTABLE.source, 'gu');
const MEANINGFUL_ELSEWHERE = /[\\%?&,;"'`<>{}^]/;
const DOT_SEGMENT = /(?:^|\/) *\.{1,2} *(?:\/|$)/;

/** An order reference that is the same in a URL: letters and digits, with `.`, `_` and `-` only between them. */
export function isPlainReference(text: string): boolean {
  return text.length <= MAX_CHARACTERS && PLAIN.test(text);
}

export function isOrderReference(text: string): boolean {
  if (isPlainReference(text)) return true;
  if (text.length > MAX_CHARACTERS * 2 || [...text].length > MAX_CHARACTERS) return false;
  if (UNPRINTABLE.test(text) || !LETTER_OR_DIGIT.test(text) || /^ | $/.test(text)) return false;
  // A server may normalise what it decodes: "．．" is ".." to it.
  return [text, text.normalize('NFKC')].every((form) => !MEANINGFUL_ELSEWHERE.test(form) && !DOT_SEGMENT.test(form));
}

/** What a shop gave for a reference and is none, to be shown to a person: cut, and nothing in it is invisible or reverses text. */
export function shownReference(text: string): string {
  return [...text.slice(0, MAX_CHARACTERS * 2)].slice(0, MAX_CHARACTERS).join('').replace(EVERY_UNPRINTABLE, '\uFFFD');
}
