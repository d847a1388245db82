import { MASK, masked, parts, texts } from './without-personal.ts';

/** What an order may be spoken of by: they tell nothing of the buyer. */
const NAMES = ['orderNumber', 'shopOrderId', 'status', 'currency'];
/** Their words are of articles and sums: only the whole value is masked, or hardly a sentence would stay. */
const OF_ARTICLES = ['lines', 'totals'];

/**
 * What a trigger or constraint in the database says, fit for a log: one short line without whatever it may have quoted of these
 * documents. Amounts are found in the forms that databases give them, and values that were cut off at the end.
 */
export function withoutValues(words: string, documents: readonly unknown[]): string {
  const values = documents.flatMap(valuesOf);
  return masked(withoutCutEnd(words, values), values);
}

function valuesOf(document: unknown): string[] {
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([field, value]) => {
    if (NAMES.includes(field)) return [];
    const whole = texts(value);
    return [...(OF_ARTICLES.includes(field) ? whole : parts(whole)), ...whole.flatMap(otherForms)];
  });
}

/** "129.40" is "129.400000000000" in MySQL, and a telephone number is compared by its digits, perhaps without those of the country. */
function otherForms(value: string): string[] {
  if (/^-?\d+(?:\.\d+)?$/.test(value)) {
    const [whole = '', fraction = ''] = value.split('.');
    const digits = fraction.replace(/0+$/, '');
    return [`${whole}.${fraction.padEnd(12, '0')}`, digits === '' ? whole : `${whole}.${digits}`];
  }
  const digits = value.replaceAll(/\D/g, '');
  return [0, 1, 2, 3].map((start) => digits.slice(start)).filter(({ length }) => length >= 7);
}

/** A server cuts long words off, perhaps within a value: what may be the beginning of one is masked. */
function withoutCutEnd(words: string, values: readonly string[]): string {
  const end = words.toLowerCase();
  const cut = Math.max(0, ...values.map((value) => lengthOfCut(end, value.toLowerCase())));
  return cut === 0 ? words : `${words.slice(0, -cut)}${MASK}`;
}

function lengthOfCut(end: string, value: string): number {
  for (let length = value.length - 1; length >= 3; length -= 1) {
    if (end.endsWith(value.slice(0, length))) return length;
  }
  return 0;
}
