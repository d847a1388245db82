import { isEmpty, type TimeForm } from '../recognise/forms.ts';
import { normalised } from '../recognise/leaves.ts';
import type { LineField, OrderField } from '../recognise/names.ts';
import type { Recognised } from '../recognise/recognise.ts';
import { access, object, packed, quoted, todo } from './source-text.ts';
import { stateSource } from './states.ts';

export interface CanonicalSource {
  /** What the function needs above it. */
  readonly constants: readonly string[];
  readonly lines: readonly string[];
  /** What it takes from the toolkit. */
  readonly imports: readonly string[];
}

/** The function that turns the shop's order into the canonical one. */
export function canonicalSource(recognised: Recognised): CanonicalSource {
  const { fields, lines, money } = recognised;
  const imports = new Set<string>();
  const use = (name: string) => {
    imports.add(name);
    return name;
  };
  const read = (field: OrderField) => {
    const leaf = fields.get(field);
    return leaf === undefined ? undefined : access('order', leaf.path);
  };
  const amount = (expression: string) => (money.isCents ? `cents(${expression})` : expression);
  const times = timeSource(recognised, use);
  const states = stateSource(recognised, (field) => (fields.has(field) ? LOCAL_TIMES[field] : undefined));
  if (states.usesStatusOf) use('statusOf');
  if (money.isCents) use('fromMinorUnits');

  const named = (entries: readonly (readonly [key: string, field: OrderField])[]) =>
    entries.flatMap(([key, field]) => {
      const expression = read(field);
      return expression === undefined ? [] : [`${key}: ${expression}`];
    });
  const person = (first: OrderField, last: OrderField, whole: OrderField) => {
    const [firstName, lastName] = [read(first), read(last)];
    if (read(whole) !== undefined || (firstName === undefined && lastName === undefined))
      return named([['name', whole]]);
    return [`name: ${use('fullName')}(${firstName ?? 'null'}, ${lastName ?? 'null'})`];
  };
  const buyer = [
    ...named([['id', 'buyerId']]),
    ...person('buyerFirstName', 'buyerLastName', 'buyerName'),
    ...named([
      ['email', 'buyerEmail'],
      ['phone', 'buyerPhone'],
    ]),
  ];
  const shipTo = addressEntries(recognised, read);
  if (shipTo.length > 0) use('address');
  const totals = [
    ...(['items', 'shipping', 'tax', 'discount', 'refunded', 'grand'] as const).flatMap((field) => {
      const expression = read(field);
      if (expression === undefined) return [];
      const isNegative =
        field === 'discount' && fields.get(field)?.values.some((value) => String(value).startsWith('-'));
      return [`${field}: ${isNegative ? `${use('negated')}(${amount(expression)})` : amount(expression)}`];
    }),
    ...(recognised.isTaxIncluded ? ['taxIncluded: true'] : []),
  ];
  const payment = named([
    ['method', 'payMethod'],
    ['transactionId', 'transactionId'],
  ]);
  const hasPaidAt = fields.has('paidAt');
  const currency = currencySource(recognised, read('currency'));
  const number = read('orderNumber') ?? read('shopOrderId') ?? 'undefined';
  return {
    imports: [...imports],
    constants: [...moneyConstants(recognised), ...times.constants, ...states.constants],
    lines: [
      'function canonical(order: z.output<typeof shopOrder>) {',
      ...times.locals.map((line) => `  ${line}`),
      ...(states.expression.includes('totals.')
        ? [`  const totals = ${object(totals, '  ', 'const totals = ')};`]
        : []),
      '  return {',
      ...packed([`orderNumber: ${number}`, `shopOrderId: ${read('shopOrderId') ?? number}`], '    '),
      `    status: ${states.expression},`,
      ...currency,
      ...times.entries.map((line) => `    ${line}`),
      ...(buyer.length === 0 ? [] : [`    buyer: ${object(buyer, '    ', 'buyer: ')},`]),
      ...(shipTo.length === 0 ? [] : addressLines(recognised, shipTo)),
      ...lineSource(recognised, amount),
      ...(totals.length > 0 && states.expression.includes('totals.')
        ? ['    totals,']
        : [...doubtsOfTotals(recognised), `    totals: ${object(totals, '    ', 'totals: ')},`]),
      ...(payment.length === 0 || !hasPaidAt
        ? []
        : [
            `    payments: paidAt === null ? [] : [${object([...payment, 'paidAt'], '    ', 'payments: paidAt === null ? [] : []')}],`,
          ]),
      ...named([
        ['cancelReason', 'cancelReason'],
        ['buyerNote', 'buyerNote'],
      ]).map((entry) => `    ${entry},`),
      '  };',
      '}',
      ...(lines === undefined ? [todo('the sample has no lines. Which request returns them?')] : []),
    ],
  };
}

const LOCAL_TIMES: Partial<Record<OrderField, string>> = {
  placedAt: 'placedAt',
  paidAt: 'paidAt',
  cancelledAt: 'cancelledAt',
  shippedAt: 'shippedAt',
  updatedAt: 'updatedAt',
};

interface TimeSource {
  readonly constants: readonly string[];
  /** Times that something else needs as well. */
  readonly locals: readonly string[];
  readonly entries: readonly string[];
}

function timeSource({ fields, times, envelope }: Recognised, use: (name: string) => string): TimeSource {
  const form: TimeForm = [...times.values()][0] ?? 'zoned';
  const raw = (field: OrderField) => {
    const leaf = fields.get(field);
    return leaf === undefined ? undefined : access('order', leaf.path);
  };
  const wrap = (field: OrderField) => {
    const expression = raw(field);
    if (expression === undefined) return undefined;
    switch (times.get(field) ?? form) {
      case 'seconds':
        return `${use('fromEpochSeconds')}(${expression})`;
      case 'milliseconds':
        return `${use('fromEpochSeconds')}(Number(${expression} ?? 0) / 1000)`;
      case 'zoneless':
        return `${use('zoneless')}(time(${expression}), ZONE)`;
      case 'zoned':
        return `time(${expression})`;
      default:
        return `written(${expression})`;
    }
  };
  const example = (wanted: TimeForm) => {
    const field = [...times].find(([, found]) => found === wanted)?.[0];
    const leaf = field === undefined ? undefined : fields.get(field);
    return `${leaf?.path.join('.')}: ${JSON.stringify(leaf?.values.find((value) => !isEmpty(value) && value !== 0))}`;
  };
  const used = new Set(times.values());
  const constants = [
    ...(used.has('seconds') ? [todo(`${example('seconds')} looks like seconds since 1970. Is it?`)] : []),
    ...(used.has('milliseconds')
      ? [todo(`${example('milliseconds')} looks like milliseconds since 1970. Is it?`)]
      : []),
    ...(used.has('zoneless')
      ? [
          todo(`${example('zoneless')} has no zone. Is it the time of this one?`),
          `const ZONE = ${quoted(zoneOf(fields, envelope.orders))};`,
        ]
      : []),
    ...(used.has('zoneless') || used.has('zoned') || times.size === 0
      ? ["const time = (given: unknown) => (typeof given === 'string' && given !== '' ? given : null);"]
      : []),
    ...(used.has('other')
      ? [
          todo(`${example('other')} is read as JavaScript reads it. Does it have a zone?`),
          'const written = (given: unknown) => (given ? new Date(String(given)).toISOString() : null);',
        ]
      : []),
  ];
  const locals = (['paidAt', 'cancelledAt', 'shippedAt'] as const).flatMap((field) => {
    const expression = wrap(field);
    return expression === undefined ? [] : [`const ${field} = ${expression};`];
  });
  const placedAt = wrap('placedAt');
  const updatedAt = wrap('updatedAt');
  const known = ['placedAt', 'paidAt', 'cancelledAt', 'shippedAt'].filter((field) => fields.has(field as OrderField));
  return {
    constants,
    locals: [
      ...locals,
      ...(updatedAt === undefined && placedAt !== undefined ? [`const placedAt = ${placedAt};`] : []),
    ],
    entries: [
      placedAt === undefined
        ? todo('when was it placed? Without that no order is valid.')
        : updatedAt === undefined
          ? 'placedAt,'
          : `placedAt: ${placedAt},`,
      ...(fields.has('paidAt') ? ['paidAt,'] : []),
      ...(fields.has('cancelledAt') ? ['cancelledAt,'] : []),
      ...(updatedAt === undefined
        ? [
            todo('the sample has no time of the last change. Without it, which of two versions is newer is guesswork.'),
            `updatedAt: [${known.join(', ')}].filter((at) => at !== null).sort().at(-1),`,
          ]
        : [`updatedAt: ${updatedAt},`]),
    ],
  };
}

/** A field that says so is in UTC; else where its shop is likely to be. */
function zoneOf(fields: Recognised['fields'], orders: Recognised['envelope']['orders']): string {
  const path = normalised(fields.get('placedAt')?.path.join('') ?? '');
  return !/gmt|utc/.test(path) && isChinese(fields, orders) ? 'Asia/Shanghai' : 'UTC';
}

function isChinese(fields: Recognised['fields'], orders: Recognised['envelope']['orders']): boolean {
  const currency = String(fields.get('currency')?.values[0] ?? '');
  return currency === '' ? /\p{Script=Han}/u.test(JSON.stringify(orders)) : /^(?:cny|rmb)$/i.test(currency);
}

function currencySource({ fields, envelope }: Recognised, expression: string | undefined): string[] {
  if (expression !== undefined) return [`    currency: ${expression},`];
  const guess = isChinese(fields, envelope.orders) ? 'CNY' : 'USD';
  return [`    ${todo('the sample names no currency. Is it this one?')}`, `    currency: '${guess}',`];
}

function moneyConstants({ money }: Recognised): string[] {
  if (money.isCents) {
    return [
      ...(money.isSaid ? [] : [todo(`is ${money.example} in cents? All amounts of the sample are whole numbers.`)]),
      'const cents = (amount: z.output<typeof value>) => fromMinorUnits(amount, 2);',
    ];
  }
  return money.isWhole
    ? [todo(`is ${money.example} in the currency's main unit, not in cents? It has no fraction.`)]
    : [];
}

function doubtsOfTotals({ totalsAddUp, fields }: Recognised): string[] {
  if (!fields.has('grand')) return [`    ${todo('which field is the total? grand is required.')}`];
  if (totalsAddUp !== false) return [];
  return [
    `    ${todo('in the sample, grand is not items + shipping + tax − discount. Which of them is another field?')}`,
  ];
}

function addressEntries(recognised: Recognised, read: (field: OrderField) => string | undefined): string[] {
  const names = [
    ['name', 'recipient'],
    ...(recognised.fields.has('recipient')
      ? []
      : ([
          ['firstName', 'firstName'],
          ['lastName', 'lastName'],
        ] as const)),
    ...(['phone', 'country', 'province', 'city', 'district'] as const).map((field) => [field, field] as const),
  ] as readonly (readonly [string, OrderField])[];
  const parts = names.flatMap(([key, field]) => {
    const expression = isRegionCode(recognised, field) ? undefined : read(field);
    return expression === undefined ? [] : [`${key}: ${expression}`];
  });
  const street = recognised.fields.get('street');
  const isList = street?.values.some(Array.isArray) === true;
  const lines = [read('street'), read('street2')].filter((line) => line !== undefined);
  return [
    ...parts,
    ...(lines.length === 0 ? [] : [isList ? `lines: ${lines[0]} ?? []` : `lines: [${lines.join(', ')}]`]),
    ...(read('postcode') === undefined ? [] : [`postcode: ${read('postcode')}`]),
  ];
}

const REGIONS = ['country', 'province', 'city', 'district'] as const;

/** Chinese shop systems keep regions in a table of their own. */
function isRegionCode({ fields }: Recognised, field: OrderField): boolean {
  if (!REGIONS.some((region) => region === field)) return false;
  const values = fields.get(field)?.values.filter((value) => !isEmpty(value)) ?? [];
  return values.length > 0 && values.every((value) => /^\d+$/.test(String(value)));
}

function addressLines(recognised: Recognised, entries: readonly string[]): string[] {
  const codes = REGIONS.filter((region) => isRegionCode(recognised, region)).flatMap(
    (region) => recognised.fields.get(region) ?? [],
  );
  const doubt = codes.map(({ path }) => path.join('.')).join(', ');
  return [
    ...(doubt === '' ? [] : [`    ${todo(`${doubt}: numbers. Which request returns the names?`)}`]),
    `    shippingAddress: address(${object(entries, '    ', 'shippingAddress: address()')}),`,
  ];
}

function lineSource({ lines, envelope }: Recognised, amount: (expression: string) => string): string[] {
  if (lines === undefined) return ['    lines: [],'];
  const read = (field: LineField) => {
    const leaf = lines.fields.get(field);
    return leaf === undefined ? undefined : access('line', leaf.path);
  };
  const sku = read('sku') ?? read('skuId');
  const id = read('lineId');
  const entries = [
    `lineId: ${id ?? 'index + 1'}`,
    ...(sku === undefined ? [] : [`sku: ${sku}`]),
    ...(['name', 'quantity'] as const).flatMap((field) =>
      read(field) === undefined ? [] : [`${field}: ${read(field)}`],
    ),
    ...(['unitPrice', 'discount', 'tax', 'lineTotal'] as const).flatMap((field) => {
      const expression = read(field);
      return expression === undefined ? [] : [`${field}: ${amount(expression)}`];
    }),
  ];
  void envelope;
  return [
    ...(read('sku') === undefined && sku !== undefined
      ? [`    ${todo(`is ${sku} what the warehouse knows the article by (its SKU)?`)}`]
      : []),
    ...(sku === undefined ? [`    ${todo('which field is the SKU?')}`] : []),
    ...(lines.addUp === false
      ? [
          `    ${todo('in the sample, lineTotal is not quantity × unitPrice − discount + tax. Which is another field?')}`,
        ]
      : []),
    `    lines: ${access('order', lines.path)}${lines.path.length > 1 ? '?' : ''}.map((line${id === undefined ? ', index' : ''}) => (${object(entries, '    ', `lines: ${access('order', lines.path)}.map((line, index) => ())`)})),`,
  ];
}
