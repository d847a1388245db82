import { changedColumns, type RowChange, shown } from '../../internal-system/mapping/row-changes.ts';
import { visible } from './output.ts';
import { isPersonal } from './personal-fields.ts';

const PERSONAL = '(personal)';
const NONE = '(null)';

/** A row that a mapping writes, fit to be shown. */
export type ShownChange =
  | {
      readonly table: string;
      readonly keys: Readonly<Record<string, string>>;
      readonly row: 'inserted' | 'updated' | 'deleted';
      /** By name: null for NULL, and for a row that is not there. */
      readonly columns: Readonly<Record<string, { readonly before: string | null; readonly after: string | null }>>;
    }
  | { readonly statement: string };

/**
 * The rows that a mapping writes. Which of the company's columns are personal, nobody has said. So text is shown only where the
 * order has it in a field that is not, and numbers and times where they are no part of one that is.
 *
 * @param orders as JSON values: the order, and what was stored before
 */
export function shownChanges(changes: readonly RowChange[], orders: readonly unknown[]): ShownChange[] {
  const facts = factsOf(orders);
  return changes.map((change): ShownChange => {
    if ('statement' in change) return { statement: change.statement.replace(/\s+/g, ' ').trim() };
    const { table, keys, before, after } = change;
    const row = before === null ? 'inserted' : after === null ? 'deleted' : 'updated';
    const columns = changedColumns(change).map((name) => {
      const values = [shown(before?.[name]) ?? null, shown(after?.[name]) ?? null] as const;
      const isHidden = values.some((value) => value !== null && mayBePersonal(value, facts));
      const [old, fresh] = values.map((value) => (value && isHidden ? PERSONAL : value));
      return [name, { before: old ?? null, after: fresh ?? null }] as const;
    });
    const names = Object.entries(keys).map(([name, value]) => {
      const text = shown(value) ?? NONE;
      return [name, mayBePersonal(text, facts) ? PERSONAL : text] as const;
    });
    return { table, keys: Object.fromEntries(names), row, columns: Object.fromEntries(columns) };
  });
}

/** Lines for a person. */
export function describeChanges(changes: readonly ShownChange[]): string[] {
  return changes
    .flatMap((change) => {
      if ('statement' in change) return [`statement: ${change.statement}`];
      const keys = Object.entries(change.keys).map(([name, value]) => `${name} ${value}`);
      const columns = Object.entries(change.columns).map(([name, { before, after }]) =>
        change.row === 'updated' ? `  ${name}: ${before ?? NONE} → ${after ?? NONE}` : `  ${name}: ${after ?? before}`,
      );
      const title = `${change.table}${keys.length === 0 ? '' : ` (${keys.join(', ')})`} ${change.row}`;
      return change.row === 'deleted' ? [title] : [`${title}:`, ...columns];
    })
    .map(visible);
}

interface Facts {
  readonly harmless: ReadonlySet<string>;
  /** The digits of what is personal. */
  readonly personalDigits: readonly string[];
}

/** Fewer digits tell nobody apart. */
const TELLING = 5;
/** A mobile number: what was stored before may be someone's, too. */
const LONG = 11;

function mayBePersonal(value: string, { harmless, personalDigits }: Facts): boolean {
  if (value === '' || harmless.has(value)) return false;
  if (!/^[-+\d.:TZ ]+$/.test(value)) return true;
  const digits = value.replace(/\D/g, '');
  if (digits.length < TELLING) return false;
  const isTime = /^\d{4}-\d\d-\d\d/.test(value);
  if (digits.length >= LONG && !isTime && !value.includes('.')) return true;
  return personalDigits.some((personal) => personal.includes(digits) || digits.includes(personal));
}

function factsOf(orders: readonly unknown[]): Facts {
  const harmless = new Set<string>();
  const personalDigits: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) value.forEach((item, index) => void visit(item, `${path}[${index}]`));
    else if (typeof value === 'object' && value !== null) {
      for (const [key, item] of Object.entries(value)) visit(item, path === '' ? key : `${path}.${key}`);
    } else if (!isPersonal(path)) harmless.add(String(value));
    else {
      const digits = String(value).replace(/\D/g, '');
      if (digits.length >= TELLING) personalDigits.push(digits);
    }
  };
  for (const order of orders) visit(order, '');
  return { harmless, personalDigits };
}
