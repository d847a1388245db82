import { visible } from '../../cli/output.ts';

const WIDTH = 118;

/** A JavaScript string. What a shop calls its fields may hold anything. */
export function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

/** A field of the shop's order, as the toolkit names it. */
export function place(path: readonly string[]): string {
  return quoted(path.join('.'));
}

const IDENTIFIER = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

export function propertyKey(key: string): string {
  return IDENTIFIER.test(key) ? key : quoted(key);
}

/** Entries of an object, several on a line. */
function packed(entries: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    const joined = `${last} ${entry},`;
    if (last === undefined || joined.length > WIDTH) lines.push(`${indent}${entry},`);
    else lines[lines.length - 1] = joined;
  }
  return lines;
}

/** `before{ a: 1, b: 2 }after` on one line if it fits, else on several. */
export function objectLines(before: string, entries: readonly string[], after: string, indent: string): string[] {
  const oneLine = `${indent}${before}{ ${entries.join(', ')} }${after}`;
  if (oneLine.length <= WIDTH) return [oneLine];
  return [`${indent}${before}{`, ...packed(entries, `${indent}  `), `${indent}}${after}`];
}

export const MARK = 'TODO'; // In the adapter that is written: its author settles these, and editors list them.

/** A line comment that says what the author has to decide. */
export function todo(text: string): string {
  return `// ${MARK}: ${visible(text)}`;
}
