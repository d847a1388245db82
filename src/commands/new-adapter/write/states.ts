import { isNoTime } from '../recognise/forms.ts';
import type { Leaf } from '../recognise/leaves.ts';
import type { OrderField } from '../recognise/names.ts';
import type { Recognised } from '../recognise/recognise.ts';
import { statusOfWord } from '../recognise/status-words.ts';
import { access, object, quoted, todo } from './source-text.ts';

/** How the status is found. */
export interface StateSource {
  /** Constants above the function. */
  readonly constants: readonly string[];
  readonly expression: string;
  readonly usesStatusOf: boolean;
}

/** One field says all: a table. Several that are independent of each other: facts. */
export function stateSource(recognised: Recognised, time: (field: OrderField) => string | undefined): StateSource {
  const { fields } = recognised;
  const status = fields.get('status');
  if (status !== undefined && !fields.has('payStatus')) return table(recognised, status);
  return facts(recognised, time);
}

function table({ fields, envelope }: Recognised, status: Leaf): StateSource {
  const name = status.path.join('.');
  const states = new Map(status.values.map((value, index) => [String(value), index] as const));
  const entries = [...states].flatMap(([word, index]) => {
    const known = statusOfWord(word);
    const isPaid = isThere(fields.get('paidAt'), index);
    const guess = known ?? (isPaid ? 'paid' : 'pending');
    const doubt = isPaid ? 'its time of payment is set' : 'it has no time of payment';
    const decide = `what does ${name} ${JSON.stringify(word)} mean? In the sample ${doubt}.`;
    return [...(known === undefined ? [`  ${todo(decide)}`] : []), `  [${quoted(word)}, '${guess}'],`];
  });
  const count = envelope.orders.length === 1 ? 'The sample has only this one' : 'These are those of the sample';
  return {
    constants: [
      todo(`add every other ${name} of the shop: pending, paid, completed, refunded or cancelled. ${count}.`),
      'const STATES = new Map([',
      ...entries,
      ']);',
    ],
    expression: `STATES.get(String(${access('order', status.path)}))`,
    usesStatusOf: false,
  };
}

interface Fact {
  readonly name: 'cancelled' | 'shipped' | 'paid';
  /** The field whose words or codes say so. */
  readonly says: OrderField;
  /** The time at which it happened, which says so, too. */
  readonly at: OrderField;
  readonly means: readonly string[];
}

const FACTS: readonly Fact[] = [
  { name: 'cancelled', says: 'status', at: 'cancelledAt', means: ['cancelled'] },
  { name: 'shipped', says: 'shipStatus', at: 'shippedAt', means: ['completed'] },
  { name: 'paid', says: 'payStatus', at: 'paidAt', means: ['paid', 'completed', 'refunded'] },
];

function facts({ fields }: Recognised, time: (field: OrderField) => string | undefined): StateSource {
  const constants: string[] = [];
  const entries = FACTS.flatMap(({ name, says, at, means }) => {
    const leaf = fields.get(says);
    const when = time(at);
    const byTime = when === undefined ? [] : [`${when} !== null`];
    if (leaf === undefined) return byTime.map((test) => `${name}: ${test}`);
    const read = access('order', leaf.path);
    if (leaf.values.some((value) => typeof value === 'boolean')) return [`${name}: ${read} === true`];
    const words = [...new Set(leaf.values.map(String))];
    const saying = words.filter((word, index) => {
      const known = statusOfWord(word);
      return known === undefined ? name === 'paid' && isThere(fields.get('paidAt'), index) : means.includes(known);
    });
    const constant = name.toUpperCase();
    constants.push(
      todo(
        `which ${leaf.path.join('.')} says ${name}? In the sample it is ${words.map((word) => JSON.stringify(word)).join(', ')}.`,
      ),
      `const ${constant} = new Set${saying.length === 0 ? '<string>()' : `([${saying.map(quoted).join(', ')}])`};`,
    );
    return [`${name}: ${[`${constant}.has(String(${read}))`, ...byTime].join(' || ')}`];
  });
  const amounts = fields.has('refunded') ? ['refunded: totals.refunded', 'total: totals.grand'] : [];
  return {
    constants,
    expression: `statusOf(${object([...entries, ...amounts], '    ', 'status: statusOf()')})`,
    usesStatusOf: true,
  };
}

function isThere(leaf: Leaf | undefined, index: number): boolean {
  return leaf !== undefined && !isNoTime(leaf.values[index]);
}
