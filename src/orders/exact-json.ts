import Big from 'big.js';

/** An order is about five levels deep. MySQL stores at most 100, and a parser's stack is finite too. */
const MAX_DEPTH = 64;
/** An order has about a hundred. More than this, packed into a few megabytes, would block everything else for seconds. */
const MAX_VALUES = 250_000;

/** JSON that cannot be order data. The message completes the sentence "The reply can't be used: …". */
export class JsonLimitError extends RangeError {
  override readonly name = 'JsonLimitError';
}

/**
 * `JSON.parse` for order data: no number loses a digit.
 *
 * Shops send order numbers, ids and money as JSON numbers. A number that a JavaScript number cannot hold exactly
 * (18-digit order numbers, amounts with more than 15 significant digits) becomes a string of its source text;
 * every other number stays a number. A `__proto__` key is dropped.
 *
 * @throws SyntaxError when the text is not JSON, JsonLimitError when it is nested more than 64 levels deep or has more than
 *   `maxValues`
 */
export function parseExactJson(text: string, maxValues = MAX_VALUES): unknown {
  if (text.length > maxValues || hasManyOpenings(text)) assertBounds(text, maxValues);
  return needsCare(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

/**
 * Whether it may hold what `JSON.parse` alone would spoil: a number of 16 digits or more, or with an exponent, and a key that may
 * be `__proto__` (written out or escaped). Texts without one, which is nearly all, are spared a call per value; a match inside a
 * string only costs time.
 */
function needsCare(text: string): boolean {
  return LONG_NUMBER.test(text) || text.includes('__proto__') || text.includes('\\u005') || !WITHIN.test(text);
}

const LONG_NUMBER = /[:,[]\s*-?\d(?:[\d.]{15}|[\d.]*[eE])/;
/** An object or a list: a number alone follows nothing. */
const WITHIN = /^\s*[[{]/;

function keepDigits(key: string, value: unknown, context?: { source?: string }): unknown {
  if (key === '__proto__') return undefined;
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return isExact(value, context.source) ? value : context.source;
}

/** Exact means: writing the number out again names the same decimal. Integers only up to 2^53, for ids are text to us. */
function isExact(value: number, source: string): boolean {
  if (/^-?\d+$/.test(source)) return Number.isSafeInteger(value);
  return Number.isFinite(value) && source.length <= LONGEST_EXACT && new Big(source).eq(value);
}

/** No JavaScript number has more digits, and comparing millions of them takes a while. */
const LONGEST_EXACT = 1100;

/** More brackets than levels are allowed. Counting them costs nothing beside the exact look, which most texts are spared. */
function hasManyOpenings(text: string): boolean {
  let openings = 0;
  for (const bracket of '{[') {
    for (let place = text.indexOf(bracket); place !== -1; place = text.indexOf(bracket, place + 1)) {
      if (++openings > MAX_DEPTH) return true;
    }
  }
  return false;
}

/** Before parsing, so that a hostile text costs neither the stack nor memory. */
function assertBounds(text: string, maxValues: number): void {
  let depth = 0;
  let values = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) throw new JsonLimitError(`its JSON is nested more than ${MAX_DEPTH} levels deep`);
      values++;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
    else if (code === COMMA) values++;
  }
  if (values > maxValues) throw new JsonLimitError(`its JSON has more than ${maxValues} values`);
}

/** The position of the closing quote of the string that starts at `start`; the text's end if there is none. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end === -1 ? text.length : end;
}

function isEscaped(text: string, place: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(place - backslashes - 1) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];
