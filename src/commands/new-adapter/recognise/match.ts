import { type Form, fits, isEmpty } from './forms.ts';
import type { Leaf } from './leaves.ts';
import type { LineField, OrderField, Topic } from './names.ts';

/** A field of the sample that may be the one looked for; the lower the score, the likelier. */
export interface Candidate {
  readonly leaf: Leaf;
  readonly score: number;
}

const TIMES = /At$/;
const MONEY: readonly string[] = [
  'grand',
  'items',
  'shipping',
  'tax',
  'discount',
  'refunded',
  'unitPrice',
  'lineTotal',
];
const REFERENCES: readonly string[] = ['orderNumber', 'shopOrderId'];

export function formOf(field: OrderField | LineField): Form {
  if (TIMES.test(field)) return 'time';
  if (MONEY.includes(field)) return 'money';
  if (REFERENCES.includes(field)) return 'reference';
  if (/^(?:status|payStatus|shipStatus)$/.test(field)) return 'status';
  if (field === 'currency' || field === 'quantity') return field;
  return 'text';
}

/** A name behind a prefix is a little less likely than the same name alone. */
const PREFIX_PENALTY = 0.5;

/** The fields of the sample that have one of the names and look like it, likeliest first. */
export function candidates(
  leaves: readonly Leaf[],
  field: OrderField | LineField,
  names: Partial<Record<Topic, readonly string[]>>,
): Candidate[] {
  const form = formOf(field);
  return leaves
    .filter(({ values }) => values.every((value) => value === undefined || fits(value, form)))
    .flatMap((leaf): Candidate[] => {
      const ranks = leaf.readings.flatMap(({ topic, name }, index) => {
        const rank = names[topic]?.indexOf(name) ?? -1;
        // "goods_id" is not the id of the line, nor "user_id" that of the order.
        return rank === -1 || (name === 'id' && index > 0 && topic === 'plain') ? [] : [rank + index * PREFIX_PENALTY];
      });
      if (ranks.length === 0) return [];
      // Of several that fit, one that says something: shops keep fields that they never fill.
      const emptyPenalty = leaf.values.every(isEmpty) ? 100 : 0;
      return [{ leaf, score: Math.min(...ranks) + leaf.path.length / 10 + emptyPenalty }];
    })
    .toSorted((a, b) => a.score - b.score);
}
