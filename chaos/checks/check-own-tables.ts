import type { VersionRecord } from './records.ts';
import type { Violation } from './violation.ts';

/** What stands in our table and in the company's own, read in one statement. Contents are canonical text. */
export interface OwnRow {
  readonly orderNumber: string;
  /** Undefined if we have none. */
  readonly stored: string | undefined;
  /** Undefined if the company has none. */
  readonly own: string | undefined;
  readonly lines: number;
  readonly linesInContent: number;
}

/** Both or neither, whenever somebody looks: each stored order once, with its content and its lines. */
export function checkOwnRows(rows: readonly OwnRow[], when: string): Violation[] {
  const found: Violation[] = [];
  for (const [orderNumber, ofOrder] of Map.groupBy(rows, (row) => row.orderNumber)) {
    const say = (invariant: Violation['invariant'], what: string) => {
      found.push({ invariant, message: `${when}, order ${orderNumber} ${what}` });
    };
    if (ofOrder.length > 1) say('I2', `is in the company's table ${ofOrder.length} times`);
    for (const { stored, own, lines, linesInContent } of ofOrder) {
      if (own === undefined) say('I1', "is stored, and not in the company's table");
      else if (stored === undefined) say('I5', "is in the company's table, and not stored");
      else if (own !== stored) say('I1', "has another content in the company's table than is stored");
      else if (lines !== linesInContent)
        say('I2', `has ${lines} of its ${linesInContent} lines in the company's table`);
    }
  }
  return found;
}

/** Each version was written once, and none after a newer one. @param journal order numbers and contents, oldest first */
export function checkJournal(
  journal: readonly { readonly orderNumber: string; readonly content: string }[],
  versions: ReadonlyMap<string, readonly VersionRecord[]>,
): Violation[] {
  const found: Violation[] = [];
  for (const [orderNumber, entries] of Map.groupBy(journal, (entry) => entry.orderNumber)) {
    const known = versions.get(orderNumber) ?? [];
    const path = entries.map(({ content }) => known.findLastIndex((version) => version.content === content));
    const shown = `order ${orderNumber} was written into the company's table as versions ${path.join(' → ')}`;
    if (path.includes(-1)) found.push({ invariant: 'I5', message: shown });
    if (new Set(path).size < path.length) found.push({ invariant: 'I2', message: shown });
    if (path.some((version, index) => version < (path[index - 1] ?? version)))
      found.push({ invariant: 'I3', message: shown });
  }
  return found;
}
