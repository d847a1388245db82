import type { LineField } from '../recognise/names.ts';
import type { Recognised } from '../recognise/recognise.ts';
import { objectLines, place, todo } from './source-text.ts';

export interface AmountSource {
  readonly constants: readonly string[];
  /** Entries of `totals`. */
  readonly totals: readonly string[];
  /** Lines of the returned object. */
  readonly lines: readonly string[];
  readonly imports: readonly string[];
}

const TOTALS = ['items', 'shipping', 'tax', 'discount', 'refunded', 'grand'] as const;

/** The lines and totals of an order. */
export function amountSource(recognised: Recognised): AmountSource {
  const { fields, money, isTaxIncluded } = recognised;
  const amount = (part: string, path: readonly string[]) =>
    money.isCents ? `cents(${part}, ${place(path)})` : `${part}.money(${place(path)})`;
  const totals = TOTALS.flatMap((field) => {
    const leaf = fields.get(field);
    if (leaf === undefined) return [];
    const isNegative = field === 'discount' && leaf.values.some((value) => String(value).startsWith('-'));
    const read = amount('order', leaf.path);
    return [`${field}: ${isNegative ? `money.negate(${read})` : read}`];
  });
  return {
    constants: moneyConstants(recognised),
    totals: [...totals, ...(isTaxIncluded ? ['taxIncluded: true'] : [])],
    lines: lineSource(recognised, amount),
    imports: money.isCents || totals.some((entry) => entry.includes('money.negate')) ? ['money'] : [],
  };
}

function moneyConstants({ money }: Recognised): string[] {
  if (!money.isCents) {
    return money.isWhole
      ? [todo(`is ${money.example} in the currency's main unit, and not in cents? It has no fraction.`)]
      : [];
  }
  return [
    ...(money.isSaid ? [] : [todo(`is ${money.example} in cents? All amounts of the sample are whole numbers.`)]),
    'const cents = (part: Fields, name: string) => money.fromMinorUnits(part.money(name), 2);',
  ];
}

/** What the sample does not settle about the totals. */
export function doubtsOfTotals({ totalsAddUp, fields }: Recognised): string[] {
  if (!fields.has('grand')) return [todo('which field is the total? Without totals.grand no order is valid.')];
  if (totalsAddUp !== false) return [];
  return [todo('in the sample, grand is not items + shipping + tax − discount. Which of them is another field?')];
}

function lineSource({ lines }: Recognised, amount: (part: string, path: readonly string[]) => string): string[] {
  if (lines === undefined) {
    return [`    ${todo('the sample has no lines. Which request returns what is to be shipped?')}`, '    lines: [],'];
  }
  const at = (field: LineField) => lines.fields.get(field)?.path;
  const entry = (key: string, path: readonly string[] | undefined, read: (path: readonly string[]) => string) =>
    path === undefined ? [] : [`${key}: ${read(path)}`];
  const text = (path: readonly string[]) => `line.text(${place(path)})`;
  const [sku, skuId, lineId] = [at('sku'), at('skuId'), at('lineId')];
  const entries = [
    `lineId: ${lineId === undefined ? 'index + 1' : text(lineId)}`,
    ...entry('sku', sku ?? skuId, text),
    ...entry('name', at('name'), text),
    ...entry('quantity', at('quantity'), (path) => `line.number(${place(path)})`),
    ...(['unitPrice', 'discount', 'tax', 'lineTotal'] as const).flatMap((field) =>
      entry(field, at(field), (path) => amount('line', path)),
    ),
  ];
  const doubts = [
    ...(sku === undefined && skuId !== undefined
      ? [`is ${skuId.join('.')} what the warehouse knows the article by?`]
      : []),
    ...(sku === undefined && skuId === undefined ? ['which field is the SKU?'] : []),
    ...(lines.addUp === false
      ? ['in the sample, lineTotal is not quantity × unitPrice − discount + tax. Which of them is another field?']
      : []),
  ];
  const before = `lines: order.list(${place(lines.path)}).map((line${lineId === undefined ? ', index' : ''}) => (`;
  return [...doubts.map((doubt) => `    ${todo(doubt)}`), ...objectLines(before, entries, ')),', '    ')];
}
