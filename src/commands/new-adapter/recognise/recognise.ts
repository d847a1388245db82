import Big from 'big.js';
import { type Chosen, chooseAmounts } from './amounts.ts';
import { type Envelope, findOrders } from './envelope.ts';
import { isDecimal, isEmpty, isNoTime, type TimeForm, timeForm } from './forms.ts';
import { type Leaf, LINE_VOCABULARY, leavesOf, ORDER_VOCABULARY } from './leaves.ts';
import { type Candidate, candidates, formOf } from './match.ts';
import { LINE_NAMES, type LineField, ORDER_NAMES, type OrderField } from './names.ts';
import { statusOfWord } from './status-words.ts';

/** What a sample reply says about a shop's orders: a guess, to be checked by a person. */
export interface Recognised {
  readonly envelope: Envelope;
  readonly fields: ReadonlyMap<OrderField, Leaf>;
  readonly lines: RecognisedLines | undefined;
  readonly times: ReadonlyMap<OrderField, TimeForm>;
  /** True if all amounts are whole numbers, which may be cents. */
  readonly money: {
    readonly isWhole: boolean;
    readonly isCents: boolean;
    readonly isSaid: boolean;
    readonly example: string;
  };
  /** The amounts add up only without the tax that the sample names: prices contain it. */
  readonly isTaxIncluded: boolean;
  /** Fields that were not recognised, by their paths. */
  readonly unread: readonly string[];
  /** Whether the totals of the sample add up; undefined if it does not say enough. */
  readonly totalsAddUp: boolean | undefined;
}

export interface RecognisedLines {
  readonly path: readonly string[];
  readonly fields: ReadonlyMap<LineField, Leaf>;
  readonly addUp: boolean | undefined;
  readonly unread: readonly string[];
}

const ORDER_AMOUNTS = ['grand', 'items', 'shipping', 'tax', 'discount'] as const;
const LINE_AMOUNTS = ['lineTotal', 'quantity', 'unitPrice', 'discount', 'tax'] as const;

/** Undefined if there is no order in the sample. */
export function recognise(sample: unknown): Recognised | undefined {
  const envelope = findOrders(sample);
  if (envelope === undefined) return undefined;
  const { leaves, lists } = leavesOf(envelope.orders, ORDER_VOCABULARY);
  const lines = recogniseLines(lists);
  const totals = chooseTotals(leaves);
  const fields = new Map<OrderField, Leaf>(totals.fields);
  const claimed = new Set(totals.fields.values());
  const tax = totals.fields.has('tax') ? undefined : candidates(leaves, 'tax', ORDER_NAMES.tax)[0]?.leaf;
  const isTaxIncluded = tax?.values.some((value) => !isEmpty(value) && Number(value) !== 0) === true;
  if (tax !== undefined && isTaxIncluded && !claimed.has(tax)) fields.set('tax', tax);
  for (const field of Object.keys(ORDER_NAMES) as OrderField[]) {
    if (ORDER_AMOUNTS.some((amount) => amount === field)) continue;
    const free = candidates(leaves, field, ORDER_NAMES[field]).filter(({ leaf }) => !claimed.has(leaf));
    // Beside a label of the merchant's own there may be a state that everybody knows.
    const found = (field === 'status' ? free.find(({ leaf }) => isKnown(leaf)) : undefined) ?? free[0];
    if (found === undefined) continue;
    fields.set(field, found.leaf);
    claimed.add(found.leaf);
  }
  return {
    envelope,
    fields,
    lines,
    times: timesOf(fields),
    money: moneyOf(fields, lines),
    isTaxIncluded: isTaxIncluded && totals.addsUp === true,
    totalsAddUp: totals.addsUp,
    unread: [...unreadOf(leaves, fields), ...(lines?.unread ?? [])],
  };
}

function unreadOf(leaves: readonly Leaf[], fields: ReadonlyMap<string, Leaf>): string[] {
  const read = new Set(fields.values());
  return leaves.filter((leaf) => !read.has(leaf)).map(({ path }) => path.join('.'));
}

function isKnown({ values }: Leaf): boolean {
  return values.every((value) => statusOfWord(String(value)) !== undefined);
}

function chooseTotals(leaves: readonly Leaf[]): Chosen<(typeof ORDER_AMOUNTS)[number]> {
  const options = new Map(
    ORDER_AMOUNTS.map((field) => [field, candidates(leaves, field, ORDER_NAMES[field])] as const),
  );
  return chooseAmounts(options, {
    sum: 'grand',
    parts: [
      { field: 'items', sign: 1 },
      { field: 'shipping', sign: 1 },
      { field: 'tax', sign: 1 },
      { field: 'discount', sign: -1 },
    ],
    required: 'items',
  });
}

/** The list whose entries look most like lines: a quantity, and a name or a code. */
function recogniseLines(lists: ReturnType<typeof leavesOf>['lists']): RecognisedLines | undefined {
  const read = lists.map(({ path, entries }) => {
    const { leaves } = leavesOf(entries, LINE_VOCABULARY);
    const found = lineFields(leaves);
    const unread = unreadOf(leaves, found.fields).map((name) => [...path, name].join('.'));
    return { path, ...found, unread };
  });
  const likely = read.filter(({ fields }) => fields.has('quantity') && (fields.has('name') || fields.has('sku')));
  return likely.toSorted((a, b) => b.fields.size - a.fields.size)[0];
}

function lineFields(leaves: readonly Leaf[]): Pick<RecognisedLines, 'fields' | 'addUp'> {
  const options = new Map(
    (Object.keys(LINE_NAMES) as LineField[]).map(
      (field) => [field, candidates(leaves, field, { plain: LINE_NAMES[field] })] as const,
    ),
  );
  const { fields: amounts, addsUp } = chooseLineAmounts(options);
  const fields = new Map<LineField, Leaf>(amounts);
  for (const [field, found] of options) {
    if (LINE_AMOUNTS.some((amount) => amount === field)) continue;
    const free = found.find(({ leaf }) => ![...fields.values()].includes(leaf));
    if (free !== undefined) fields.set(field, free.leaf);
  }
  return { fields, addUp: addsUp };
}

/** `lineTotal = quantity × unitPrice − discount + tax`: the product is one amount of the sum. */
function chooseLineAmounts(options: ReadonlyMap<LineField, readonly Candidate[]>): Chosen<LineField> {
  const quantity = options.get('quantity')?.[0];
  if (quantity === undefined) return { fields: new Map(), addsUp: undefined };
  const originals = new Map<Leaf, Leaf>();
  const products = (options.get('unitPrice') ?? []).map(({ leaf, score }): Candidate => {
    const values = leaf.values.map((value, index) => product(value, quantity.leaf.values[index]));
    const multiplied = { ...leaf, values };
    originals.set(multiplied, leaf);
    return { leaf: multiplied, score };
  });
  const free = (found: readonly Candidate[] = []) => found.filter(({ leaf }) => leaf !== quantity.leaf);
  const chosen = chooseAmounts<LineField>(
    new Map<LineField, readonly Candidate[]>([
      ['lineTotal', free(options.get('lineTotal'))],
      ['unitPrice', products],
      ['discount', free(options.get('discount'))],
      ['tax', free(options.get('tax'))],
    ]),
    {
      sum: 'lineTotal',
      parts: [
        { field: 'unitPrice', sign: 1 },
        { field: 'discount', sign: -1 },
        { field: 'tax', sign: 1 },
      ],
      required: 'unitPrice',
    },
  );
  const fields = new Map([...chosen.fields].map(([field, leaf]) => [field, originals.get(leaf) ?? leaf] as const));
  return { fields: fields.set('quantity', quantity.leaf), addsUp: chosen.addsUp };
}

function product(price: unknown, quantity: unknown): string | undefined {
  return isDecimal(price) && isDecimal(quantity) ? new Big(price).times(quantity).toFixed() : undefined;
}

function timesOf(fields: ReadonlyMap<OrderField, Leaf>): ReadonlyMap<OrderField, TimeForm> {
  const forms = [...fields].flatMap(([field, { values }]) => {
    if (formOf(field) !== 'time') return [];
    const form = values.flatMap((value) => (isNoTime(value) ? [] : (timeForm(value) ?? [])))[0];
    return form === undefined ? [] : [[field, form] as const];
  });
  return new Map(forms);
}

const MINOR_NAMES = /cents?(?![a-z])|(?:^|[^a-z])fen$|minor|分/;
/** No fraction in any amount of an order, and this much: more likely cents than a round price. */
const LIKELY_CENTS = 1000;
/** Their smallest unit is the whole. */
const WHOLE_CURRENCIES = /^(?:JPY|KRW|VND|CLP|ISK|IDR)$/i;

function moneyOf(fields: ReadonlyMap<OrderField, Leaf>, lines: RecognisedLines | undefined): Recognised['money'] {
  const ofOrder = [...fields].filter(([field]) => formOf(field) === 'money').map(([, leaf]) => leaf);
  const ofLines = [...(lines?.fields ?? [])].filter(([field]) => formOf(field) === 'money').map(([, leaf]) => leaf);
  const amounts = [...ofOrder, ...ofLines].flatMap(({ values }) => values).filter((value) => !isEmpty(value));
  const isWhole = amounts.length > 0 && amounts.every((value) => /^-?\d+$/.test(String(value)));
  const isSaid = [...ofOrder, ...ofLines].some(({ path }) => MINOR_NAMES.test(path.join('.').toLowerCase()));
  const grand = fields.get('grand')?.values.find((value) => !isEmpty(value) && value !== 0);
  const currency = String(fields.get('currency')?.values[0] ?? '');
  const isCents = isWhole && !WHOLE_CURRENCIES.test(currency) && (isSaid || Number(grand) >= LIKELY_CENTS);
  return { isWhole, isCents, isSaid, example: String(grand ?? '') };
}
