import Big from 'big.js';
import { isDecimal, isEmpty } from './forms.ts';
import type { Leaf } from './leaves.ts';
import type { Candidate } from './match.ts';

/** Amounts whose sum is known: `sum = Σ parts`, with the parts' signs. */
export interface Equation<Field extends string> {
  readonly sum: Field;
  readonly parts: readonly { readonly field: Field; readonly sign: 1 | -1 }[];
  /** Without this part there is nothing to compare. */
  readonly required: Field;
}

export interface Chosen<Field extends string> {
  readonly fields: ReadonlyMap<Field, Leaf>;
  /** Undefined: there was nothing to compare. */
  readonly addsUp: boolean | undefined;
}

/** Of each field the likeliest few: more would be far-fetched. */
const TRIED = 4;
/** A part is left out only if that makes the sum right. */
const LEFT_OUT = 5;

/**
 * Which fields of the sample are the amounts: the likeliest that add up. Shops have many amounts with similar names, of which
 * some mean "still due" or "before the discount"; arithmetic tells them apart.
 */
export function chooseAmounts<Field extends string>(
  options: ReadonlyMap<Field, readonly Candidate[]>,
  { sum, parts, required }: Equation<Field>,
): Chosen<Field> {
  const fields = [sum, ...parts.map(({ field }) => field)];
  const tried = combinations(fields, options).toSorted((a, b) => a.cost - b.cost);
  const likeliest = (tried.find(({ leaves }) => leaves.has(sum)) ?? tried[0])?.leaves ?? new Map<Field, Leaf>();
  if (!likeliest.has(sum) || (options.get(required) ?? []).length === 0)
    return { fields: likeliest, addsUp: undefined };
  const right = tried.find(({ leaves }) => addUp(leaves, { sum, parts, required }));
  return { fields: right?.leaves ?? likeliest, addsUp: right !== undefined };
}

interface Combination<Field extends string> {
  readonly leaves: ReadonlyMap<Field, Leaf>;
  readonly cost: number;
}

function combinations<Field extends string>(
  fields: readonly Field[],
  options: ReadonlyMap<Field, readonly Candidate[]>,
): Combination<Field>[] {
  return fields.reduce<Combination<Field>[]>(
    (found, field) => {
      const candidates = (options.get(field) ?? []).slice(0, TRIED);
      return found.flatMap(({ leaves, cost }) => [
        { leaves, cost: cost + (candidates.length > 0 ? LEFT_OUT + (candidates[0]?.score ?? 0) : 0) },
        ...candidates
          .filter(({ leaf }) => ![...leaves.values()].includes(leaf))
          .map(({ leaf, score }) => ({ leaves: new Map(leaves).set(field, leaf), cost: cost + score })),
      ]);
    },
    [{ leaves: new Map<Field, Leaf>(), cost: 0 }],
  );
}

function addUp<Field extends string>(
  leaves: ReadonlyMap<Field, Leaf>,
  { sum, parts, required }: Equation<Field>,
): boolean {
  const [total, base] = [leaves.get(sum), leaves.get(required)];
  if (total === undefined || base === undefined) return false;
  const isPositive = total.values.some((value) => amount(value).gt(0));
  return (
    isPositive &&
    [...total.values.keys()].every((index) => {
      const found = parts.reduce((soFar, { field, sign }) => {
        const part = amount(leaves.get(field)?.values[index]);
        return soFar.plus(sign === -1 ? part.abs().times(-1) : part);
      }, new Big(0));
      return found.minus(amount(total.values[index])).abs().lte(tolerance(total.values[index]));
    })
  );
}

function amount(value: unknown): Big {
  return isDecimal(value) && !isEmpty(value) ? new Big(value) : new Big(0);
}

/** A cent where there are cents. */
function tolerance(total: unknown): number {
  return String(total).includes('.') ? 0.02 : 1;
}
