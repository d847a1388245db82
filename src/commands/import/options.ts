import { InvalidArgumentError } from 'commander';
import type { ImportWish } from '../../import/import-state.ts';
import { parseSinceBy } from '../cli/times.ts';

/** A time as a person wrote it, which the same command writes again. */
export interface GivenTime {
  readonly text: string;
  /** @param now what "400d" is counted from */
  readonly at: (now: Date) => Date;
}

export interface ImportOptions {
  readonly since: GivenTime;
  readonly until?: GivenTime;
  readonly fulfilment?: string;
  readonly shippedBefore?: GivenTime;
  readonly ledgerOnly?: true;
  readonly toErp?: true;
  /** False with --no-mapping. */
  readonly mapping: boolean;
  readonly rate: number;
  readonly restart?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** "2024-01-01" is the beginning of that day, UTC. */
export function parseTime(text: string): GivenTime {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text.trim()) ? `${text.trim()}T00:00:00Z` : text;
  try {
    return { text: text.trim(), at: parseSinceBy(day) };
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(
      'Expected a day such as 2024-01-01 (UTC), a time such as 2024-01-01T08:00:00+08:00, or a duration such as 400d.',
    );
  }
}

/** "5" or "5/s", requests a second. */
export function parseRate(text: string): number {
  const [, digits = ''] = /^(\d{1,3}(?:\.\d)?)(?:\/s)?$/.exec(text.trim()) ?? [];
  const rate = Number(digits);
  if (digits === '' || rate < 0.1 || rate > 100)
    throw new InvalidArgumentError('Expected requests a second, 0.1 to 100, such as 5 or 5/s.');
  return rate;
}

/** The column's width in MySQL, and no word that a person would not write. */
export function parseFulfilment(text: string): string {
  const status = text.trim();
  if (/^[\p{L}\p{N}](?:[\p{L}\p{N} _-]{0,62}[\p{L}\p{N}])?$/u.test(status)) return status;
  throw new InvalidArgumentError('Expected a fulfilment status as your staff write it, such as shipped.');
}

export function wishOf({ since, until, fulfilment, shippedBefore, ledgerOnly, toErp }: ImportOptions): ImportWish {
  return {
    since: since.text,
    until: until?.text ?? null,
    fulfilment: fulfilment ?? null,
    shippedBefore: shippedBefore?.text ?? null,
    target: ledgerOnly ? 'ledger' : toErp ? 'erp' : null,
  };
}

export function isSame(a: ImportWish, b: ImportWish): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The command that goes on with it. */
export function commandFor({ since, until, fulfilment, shippedBefore, target }: ImportWish): string {
  const option = (name: string, value: string | null) =>
    value === null ? [] : [`--${name}`, /^[\w.:+-]+$/.test(value) ? value : `'${value}'`];
  return [
    'order-sync import',
    ...option('since', since),
    ...option('until', until),
    ...option('fulfilment', fulfilment),
    ...option('shipped-before', shippedBefore),
    ...(target === 'ledger' ? ['--ledger-only'] : []),
    ...(target === 'erp' ? ['--to-erp'] : []),
  ].join(' ');
}
