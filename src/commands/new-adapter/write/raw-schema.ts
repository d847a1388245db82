import { isRecord } from '../recognise/leaves.ts';
import type { Recognised } from '../recognise/recognise.ts';
import { packed, propertyKey } from './source-text.ts';

/** What the shop sends, as far as it is read: fields by name, in the order of the sample. */
interface Shape {
  readonly fields: Map<string, Shape | Leaf>;
  isList: boolean;
}
type Leaf = 'value' | 'flag' | 'texts';

/** The zod schema of the shop's order, from the fields that were recognised. */
export function rawSchema({ fields, lines, envelope }: Recognised): string[] {
  const root: Shape = { fields: new Map(), isList: false };
  for (const { path, values } of fields.values()) add(root, path, leafOf(values));
  if (lines !== undefined) {
    const list: Shape = { fields: new Map(), isList: true };
    for (const { path, values } of lines.fields.values()) add(list, path, leafOf(values));
    add(root, lines.path, list);
  }
  return [
    'const value = z.union([z.string(), z.number()]).nullish();',
    'const shopOrder = z.looseObject({',
    ...packed(entriesOf(root, envelope.orders[0], '  '), '  '),
    '});',
  ];
}

function leafOf(values: readonly unknown[]): Leaf {
  if (values.some((value) => typeof value === 'boolean')) return 'flag';
  return values.some(Array.isArray) ? 'texts' : 'value';
}

function add(shape: Shape, path: readonly string[], leaf: Leaf | Shape): void {
  const [key = '', ...rest] = path;
  const known = shape.fields.get(key);
  if (rest.length === 0) {
    shape.fields.set(key, leaf);
    return;
  }
  const inner: Shape = known !== undefined && typeof known !== 'string' ? known : { fields: new Map(), isList: false };
  shape.fields.set(key, inner);
  add(inner, rest, leaf);
}

const LEAVES: Readonly<Record<Leaf, string>> = {
  value: 'value',
  flag: 'z.boolean().nullish()',
  texts: 'z.array(z.string()).nullish()',
};

function entriesOf({ fields }: Shape, sample: unknown, indent: string): string[] {
  const order = Object.keys(isRecord(sample) ? sample : {});
  const sorted = [...fields].toSorted(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return sorted.map(([key, shape]) => {
    if (typeof shape === 'string') return `${propertyKey(key)}: ${LEAVES[shape]}`;
    const inner = isRecord(sample) ? sample[key] : undefined;
    const entries = entriesOf(shape, Array.isArray(inner) ? inner[0] : inner, `${indent}  `);
    const oneLine = `z.looseObject({ ${entries.join(', ')} })`;
    const isShort = key.length + oneLine.length < 90;
    const object = isShort ? oneLine : ['z.looseObject({', ...packed(entries, `${indent}  `), `${indent}})`].join('\n');
    return `${propertyKey(key)}: ${shape.isList ? `z.array(${object})` : `${object}.nullish()`}`;
  });
}
