import { visible } from '../../cli/output.ts';

const WIDTH = 118;

/** A JavaScript string. What a shop calls its fields may hold anything. */
export function quoted(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

const IDENTIFIER = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;

export function propertyKey(key: string): string {
  return IDENTIFIER.test(key) ? key : quoted(key);
}

/** `order.shipTo?.city`; nothing but the root is certain to be there. */
export function access(root: string, path: readonly string[]): string {
  return path.reduce((soFar, key, index) => {
    const dot = index === 0 ? '' : '?.';
    return IDENTIFIER.test(key) ? `${soFar}${dot || '.'}${key}` : `${soFar}${dot}[${quoted(key)}]`;
  }, root);
}

/** Entries of an object or a list, several on a line. */
export function packed(entries: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  for (const entry of entries) {
    const last = lines.at(-1);
    const isFull = last === undefined || last.length + entry.length + 2 > WIDTH || entry.includes('\n');
    if (isFull) lines.push(`${indent}${entry},`);
    else lines[lines.length - 1] = `${last} ${entry},`;
  }
  return lines;
}

/** `{ a: 1, b: 2 }` on one line if it fits, else on several. */
export function object(entries: readonly string[], indent: string, before: string): string {
  const oneLine = `{ ${entries.join(', ')} }`;
  if (before.length + indent.length + oneLine.length + 1 <= WIDTH) return oneLine;
  return ['{', ...packed(entries, `${indent}  `), `${indent}}`].join('\n');
}

/** A line comment that says what the author has to decide. */
export function todo(text: string): string {
  return `// TODO: ${visible(text)}`;
}
