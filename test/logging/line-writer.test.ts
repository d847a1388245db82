import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LineWriter } from '../../src/logging/line-writer.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-sync-lines-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Longer than what a pipe takes atomically, so that one line is cut. */
const aLine = (number: number) => `${JSON.stringify({ number, padding: 'x'.repeat(6000) })}\n`;

/** A pipe that holds 64 KiB, whose ends do not block. */
function aPipe(): { reader: number; writer: number } {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK) };
}

/** Everything the pipe holds now. */
function drain(reader: number): string {
  const buffer = Buffer.alloc(1024 * 1024);
  let length = 0;
  try {
    for (let more = 1; more > 0; length += more) more = readSync(reader, buffer, length, buffer.length - length, null);
  } catch (error) {
    expect(error).toMatchObject({ code: 'EAGAIN' });
  }
  return buffer.toString('utf8', 0, length);
}

test('a stalled reader gets whole lines, then how many are missing, then the next ones', () => {
  const { reader, writer } = aPipe();
  const lines = new LineWriter(writer);
  for (let number = 1; number <= 40; number++) lines.write(aLine(number));
  const before = drain(reader);
  lines.write(aLine(41));
  lines.write(aLine(42));
  const parsed = `${before}${drain(reader)}`
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  closeSync(reader);
  closeSync(writer);

  const numbers = parsed.flatMap(({ number }) => (number === undefined ? [] : [number]));
  const written = numbers.length - 2;
  expect(written).toBeGreaterThan(5);
  expect(written).toBeLessThan(40);
  expect(numbers).toEqual([...Array.from({ length: written }, (_, index) => index + 1), 41, 42]);
  const reports = parsed.filter(({ number }) => number === undefined);
  expect(reports).toEqual([
    {
      level: 'warn',
      time: expect.any(String),
      msg: `${40 - written} log lines before this one were lost`,
      count: 40 - written,
    },
  ]);
  expect(parsed.indexOf(reports[0])).toBe(written);
});

test('a full disk loses lines, not the writer, and the next descriptor reports how many', () => {
  const lines = new LineWriter(openSync('/dev/full', 'w'), (line) => line.toUpperCase());
  for (let number = 1; number <= 3; number++) lines.write(`{"number":${number}}\n`);
  const file = join(folder, 'file');
  const fd = openSync(file, 'w');
  lines.switchTo(fd);
  lines.write('{"number":4}\n');
  lines.sync();
  closeSync(fd);
  const [report, line] = readFileSync(file, 'utf8').split('\n');
  expect(report).toContain('"3 LOG LINES BEFORE THIS ONE WERE LOST"');
  expect(line).toBe('{"NUMBER":4}');
});
