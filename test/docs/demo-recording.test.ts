import { describe, expect, test } from 'vitest';
import { screenLines } from '../../scripts/record-demo/screen-lines.ts';
import { OUTCOMES } from '../../src/delivery/outcome.ts';
import { text } from './documents.ts';

const picture = text('docs/images/demo.svg');

describe('docs/images/demo.svg', () => {
  test('shows a whole run, the end of which is what the demo says today', () => {
    const shown = picture.replace(/<[^>]+>/g, ' ');
    expect(OUTCOMES.filter((outcome) => !shown.includes(`  ${outcome} `))).toEqual([]);
    const meanings = [...text('demo/summary.ts').matchAll(/^ {2}'?[\w-]+'?: '(.+)',$/gm)].map(
      ([, words = '']) => words,
    );
    expect(meanings).toHaveLength(OUTCOMES.length);
    expect(meanings.filter((words) => !shown.includes(words))).toEqual([]);
    const [, verdict = 'a verdict'] = /'(All [^']+\.)'/.exec(text('demo/summary.ts')) ?? [];
    expect(shown.includes(verdict), verdict).toBe(true);
  });

  test('is played by CSS alone, stands still for people who prefer that, and is light', () => {
    expect(picture).not.toMatch(/<script|<foreignObject|href=|url\((?!#)/);
    expect(picture).toContain('@media (prefers-reduced-motion: reduce)');
    expect(Buffer.byteLength(picture)).toBeLessThan(150_000);
  });
});

describe('the recorder', () => {
  const lines = (written: string, columns = 80) =>
    screenLines([{ ms: 5, bytes: Buffer.from(written) }], columns).map(({ runs }) => runs);

  test('keeps colours and places, and leaves out what was erased', () => {
    const plain = { colour: undefined, isBold: false, isDim: false };
    expect(lines('⠙\u001b[1G\u001b[0Kone \u001b[31mred\u001b[39m\r\n\r\n')).toEqual([
      [
        { column: 0, text: 'one ', style: plain },
        { column: 4, text: 'red', style: { ...plain, colour: 31 } },
      ],
      [],
    ]);
  });

  test('breaks lines where the terminal did, and knows a character that was cut in two', () => {
    expect(lines('abcdef\n', 4).map((runs) => runs.map((run) => run.text))).toEqual([['abcd'], ['ef']]);
    const [start, end] = [Buffer.from('✔\n').subarray(0, 2), Buffer.from('✔\n').subarray(2)];
    const found = screenLines(
      [
        { ms: 1, bytes: start },
        { ms: 2, bytes: end },
      ],
      80,
    );
    expect(found).toMatchObject([{ ms: 2, runs: [{ text: '✔' }] }]);
  });
});
