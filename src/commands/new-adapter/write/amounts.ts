import type { LineField } from '../recognise/names.ts';
import type { Recognised } from '../recognise/recognise.ts';
import { objectLines, place, todo } from './source-text.ts';

export interface AmountSource {
  readonly constants: readonly string[];
  readonly totals: (before: string, after: string, indent: string) => readonly string[];
  /** Lines of the returned object. */
  readonly lines: readonly string[];
  readonly imports: readonly string[];
}

const TOTALS = ['items', 'shipping', 'tax', 'discount', 'refunded', 'grand'] as const;

/** The lines and totals of an order. */
export function amountSource(recognised: Recognised): AmountSource {
  const { fields, money, isTaxIncluded } = recognised;
  const named = TOTALS.flatMap((field) => {
    const leaf = fields.get(field);
    return leaf === undefined ? [] : [[field, leaf] as const];
  });
  const isNegative = (field: string) =>
    field === 'discount' && fields.get('discount')?.values.some((value) => String(value).startsWith('-')) === true;
  const plain = money.isCents ? [] : named.filter(([field]) => !isNegative(field));
  const others = named
    .filter((entry) => !plain.includes(entry))
    .map(([field, { path }]) => {
      const read = money.isCents ? `cents(order, ${place(path)})` : `order.money(${place(path)})`;
      return `${field}: ${isNegative(field) ? `money.negate(${read})` : read}`;
    });
  const more = [...others, ...(isTaxIncluded ? ['taxIncluded: true'] : [])];
  return {
    constants: moneyConstants(recognised),
    totals: (before, after, indent) => {
      const amounts = plain.map(([field, { path }]) => `${field}: ${place(path)}`);
      if (more.length === 0) return objectLines(`${before}order.amounts(`, amounts, `)${after}`, indent);
      if (amounts.length === 0) return objectLines(before, more, after, indent);
      return [
        `${indent}${before}{`,
        ...objectLines('...order.amounts(', amounts, '),', `${indent}  `),
        ...more.map((entry) => `${indent}  ${entry},`),
        `${indent}}${after}`,
      ];
    },
    lines: lineSource(recognised),
    imports: money.isCents || others.some((entry) => entry.includes('money.negate')) ? ['money'] : [],
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

function lineSource({ lines, money }: Recognised): string[] {
  if (lines === undefined) {
    return [`    ${todo('the sample has no lines. Which request returns what is to be shipped?')}`, '    lines: [],'];
  }
  const at = (field: LineField) => lines.fields.get(field)?.path;
  const named = (key: string, path: readonly string[] | undefined) =>
    path === undefined ? [] : [`${key}: ${place(path)}`];
  const [sku, skuId, lineId, quantity] = [at('sku'), at('skuId'), at('lineId'), at('quantity')];
  const texts = [...named('lineId', lineId), ...named('sku', sku ?? skuId), ...named('name', at('name'))];
  const amounts = LINE_AMOUNTS.flatMap((field) => named(field, at(field)));
  const entries = [
    ...(lineId === undefined ? ['lineId: index + 1'] : []),
    `...line.texts({ ${texts.join(', ')} })`,
    ...(quantity === undefined ? [] : [`quantity: line.number(${place(quantity)})`]),
    ...(money.isCents
      ? LINE_AMOUNTS.flatMap((field) =>
          at(field) === undefined ? [] : [`${field}: cents(line, ${place(at(field) ?? [])})`],
        )
      : amounts.length === 0
        ? []
        : [`...line.amounts({ ${amounts.join(', ')} })`]),
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

const LINE_AMOUNTS = ['unitPrice', 'discount', 'tax', 'lineTotal'] as const;
