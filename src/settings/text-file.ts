import { readFileSync } from 'node:fs';
import { problem, shown } from './problems.ts';

const LARGEST_BYTES = 64 * 1024;

/** A text file's content without trailing line ends; if it can't be read, undefined and one more problem. */
export function readText(name: string, path: string, problems: string[]): string | undefined {
  const expected = `a readable text file of at most ${LARGEST_BYTES} bytes`;
  try {
    const bytes = readFileSync(path);
    if (bytes.byteLength > LARGEST_BYTES) {
      problems.push(problem(name, `the file ${shown(path)} has ${bytes.byteLength} bytes`, expected));
      return undefined;
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/[\r\n]+$/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    problems.push(problem(name, `the file ${shown(path)} cannot be read (${code})`, expected));
    return undefined;
  }
}
