import { describe, expect, test } from 'vitest';
import { parseOrder } from '../../src/orders/order.ts';
import { prose } from './documents.ts';
import { at, sampleWith } from './sample-order.ts';

/** docs/order.md, taken at its word. */

/** Each row's cells as what stands in backquotes; the word "absent" counts as well. */
function rowsUnder(heading: string): string[][][] {
  const [, section = ''] = prose('docs/order.md').split(`## ${heading}\n`);
  return (section.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split(' | ')
        .map((cell) => Array.from(cell.matchAll(/`([^`]+)`|\babsent\b/g), ([word, code]) => code ?? word)),
    );
}

const accepted = rowsUnder('What is accepted').flatMap(([fields = [], sent = [], [stored = ''] = []]) =>
  fields.flatMap((field) => sent.map((json): [string, string, string] => [field, json, stored])),
);
const refused = rowsUnder('What is refused').flatMap(([fields = [], sent = []]) =>
  fields.flatMap((field) => sent.map((json): [string, string] => [field, json])),
);

describe('docs/order.md', () => {
  test('its tables are read in full', () => {
    expect([accepted.length > 100, refused.length > 30]).toEqual([true, true]);
  });

  test.each(accepted)('%s may be sent as %s and is stored as %s', (field, json, stored) => {
    const parsed = parseOrder(sampleWith(field, json));
    if ('problem' in parsed) throw new Error(parsed.problem);
    expect(at(parsed.order, field)).toEqual(JSON.parse(stored));
    // What is stored can be read again, and stays what it is.
    const again = parseOrder(JSON.parse(JSON.stringify(parsed.order)));
    expect('order' in again && JSON.stringify(again.order)).toBe(JSON.stringify(parsed.order));
  });

  test.each(refused)('%s is refused as %s, by its name, with an example and without its value', (field, json) => {
    const parsed = parseOrder(sampleWith(field, json));
    const path = field.replaceAll('[]', '.0');
    if ('order' in parsed) throw new Error('expected a problem');
    expect(parsed.problem.startsWith(`${path}: expected `)).toBe(true);
    expect(parsed.problem).toMatch(/such as|one of/);
    if (json !== 'null') expect(parsed.problem).not.toContain(json);
    expect(parsed.problem).not.toMatch(/; [\w.]+: expected/);
  });
});
