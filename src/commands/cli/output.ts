import { EXIT } from './exit-status.ts';

/** The write that was asked for last: once it is through, all others are. */
let lastWrite: Promise<void> = Promise.resolve();
let isGuarded = false;

/** Lines to stdout. Resolves when they have been taken, so that a long output never piles up in memory. */
export function print(...lines: readonly string[]): Promise<void> {
  guardStdout();
  lastWrite = new Promise((resolve) => {
    // The guard ends the process when a write fails.
    process.stdout.write(lines.map((line) => `${line}\n`).join(''), () => resolve());
  });
  return lastWrite;
}

/** One JSON document. */
export function printJson(value: unknown): Promise<void> {
  return print(JSON.stringify(value, undefined, 2));
}

/** One of many JSON documents, each on a line. */
export function printJsonLine(value: unknown): Promise<void> {
  return print(JSON.stringify(value));
}

/** Resolves when everything printed so far has been taken. */
export function printed(): Promise<void> {
  return lastWrite;
}

/** Lines to stderr: for what is not the answer. */
export function say(...lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
}

/**
 * Text that came from outside (a product's name, a message somebody published) as it may stand on a terminal: control
 * characters, which could rewrite what stands there, become visible. Emoji keep their joiners.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\u00AD\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`;
  });
}

/** A reader that has seen enough (`| head`) ends the command quietly. */
function guardStdout(): void {
  if (isGuarded) return;
  isGuarded = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    say(`order-sync: the output cannot be written (${error.code ?? error.message}).`);
    process.exit(EXIT.failed);
  });
}
