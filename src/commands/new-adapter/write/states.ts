import { isNoTime } from '../recognise/forms.ts';
import type { Leaf } from '../recognise/leaves.ts';
import type { OrderField } from '../recognise/names.ts';
import type { Recognised } from '../recognise/recognise.ts';
import { statusOfWord } from '../recognise/status-words.ts';
import { objectLines, place, quoted, todo } from './source-text.ts';

/** How the generated code finds an order's status. */
export interface StateSource {
  /** Above the function. */
  readonly constants: readonly string[];
  /** Lines of the returned object. */
  readonly lines: readonly string[];
  readonly imports: readonly string[];
}

/** One field says all: a table. Several that are independent of each other: facts. */
export function stateSource(recognised: Recognised): StateSource {
  const status = recognised.fields.get('status');
  return status === undefined || recognised.fields.has('payStatus') ? facts(recognised) : table(recognised, status);
}

function table({ fields }: Recognised, status: Leaf): StateSource {
  const name = status.path.join('.');
  const words = new Map(status.values.map((value, index) => [String(value), index] as const));
  const entries = [...words].flatMap(([word, index]) => {
    const known = statusOfWord(word);
    const isPaid = isThere(fields.get('paidAt'), index);
    const doubt = `what does ${name} ${JSON.stringify(word)} mean? In the sample ${isPaid ? 'its' : 'it has no'} time of payment${isPaid ? ' is set' : ''}.`;
    return [
      ...(known === undefined ? [`  ${todo(doubt)}`] : []),
      `  [${quoted(word)}, '${known ?? (isPaid ? 'paid' : 'pending')}'],`,
    ];
  });
  return {
    constants: [
      todo(`add each other ${name} of the shop, as pending, paid, on_hold, completed, refunded or cancelled.`),
      'const STATES = new Map([',
      ...entries,
      ']);',
    ],
    lines: [`    status: STATES.get(order.id(${place(status.path)})),`],
    imports: [],
  };
}

interface Fact {
  readonly name: 'cancelled' | 'shipped' | 'paid';
  /** The field whose words or codes say so. */
  readonly says: OrderField;
  /** The time at which it happened, which says so, too. */
  readonly at: 'cancelledAt' | 'shippedAt' | 'paidAt';
  readonly means: readonly string[];
}

const FACTS: readonly Fact[] = [
  { name: 'cancelled', says: 'status', at: 'cancelledAt', means: ['cancelled'] },
  { name: 'shipped', says: 'shipStatus', at: 'shippedAt', means: ['completed'] },
  { name: 'paid', says: 'payStatus', at: 'paidAt', means: ['paid', 'completed', 'refunded'] },
];

function facts({ fields }: Recognised): StateSource {
  const constants: string[] = [];
  const entries = FACTS.flatMap((fact) => {
    const leaf = fields.get(fact.says);
    const byTime = fields.has(fact.at) ? [`${fact.at} !== null`] : [];
    if (leaf === undefined) return byTime.map((test) => `${fact.name}: ${test}`);
    if (leaf.values.some((value) => typeof value === 'boolean'))
      return [`${fact.name}: order.flag(${place(leaf.path)})`];
    constants.push(...wordsThatSay(fact, leaf, fields));
    const byWord = `${fact.name.toUpperCase()}.has(order.text(${place(leaf.path)}) ?? '')`;
    return [`${fact.name}: ${[byWord, ...byTime].join(' || ')}`];
  });
  const hasBoth = fields.has('refunded') && fields.has('grand');
  const amounts = hasBoth ? ['refunded: totals.refunded', 'total: totals.grand'] : [];
  return {
    constants,
    lines: objectLines('status: statusOf(', [...entries, ...amounts], '),', '    '),
    imports: ['statusOf'],
  };
}

/** A code says nothing by itself; the time of payment tells what that of a paid order is. */
function wordsThatSay({ name, means }: Fact, leaf: Leaf, fields: Recognised['fields']): string[] {
  const words = [...new Set(leaf.values.filter((value) => value !== null && value !== undefined).map(String))];
  const saying = words.filter((word) => {
    const known = statusOfWord(word);
    if (known !== undefined) return means.includes(known);
    return name === 'paid' && isThere(fields.get('paidAt'), leaf.values.map(String).indexOf(word));
  });
  const seen = words.map((word) => JSON.stringify(word)).join(', ') || 'not set';
  const list = saying.map(quoted).join(', ');
  return [
    todo(`which ${leaf.path.join('.')} says ${name}? In the sample it is ${seen}.`),
    `const ${name.toUpperCase()} = new Set${list === '' ? '<string>()' : `([${list}])`};`,
  ];
}

function isThere(leaf: Leaf | undefined, index: number): boolean {
  return leaf !== undefined && !isNoTime(leaf.values[index]);
}
