import { EXIT } from './exit-status.ts';

/** The latest write: once it is through, so are all earlier ones. */
let lastWrite: Promise<void> = Promise.resolve();
let isGuarded = false;

/** Lines to stdout. Resolves once they are written, so that a long output never piles up in memory. */
export function print(...lines: readonly string[]): Promise<void> {
  return printText(lines.map((line) => `${line}\n`).join(''));
}

/** The same for text with line ends of its own. */
export function printText(text: string): Promise<void> {
  guardStdout();
  lastWrite = new Promise((resolve) => {
    // The guard ends the process when a write fails.
    process.stdout.write(text, () => resolve());
  });
  return lastWrite;
}

/** One JSON document. */
export function printJson(value: unknown): Promise<void> {
  return print(JSON.stringify(value, undefined, 2));
}

/** One of many JSON documents, each on its own line. */
export function printJsonLine(value: unknown): Promise<void> {
  return print(JSON.stringify(value));
}

/** Resolves once everything printed so far is written. */
export function printed(): Promise<void> {
  return lastWrite;
}

/** Lines to stderr: for everything that is not the answer. */
export function say(...lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
}

/**
 * Text from outside (a product's name, a message that someone published), made safe for a terminal: control characters,
 * which could rewrite the screen, become visible. Emoji keep their joiners.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\u00AD\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`;
  });
}

/** A reader that has seen enough, such as `head`, ends the command quietly. */
function guardStdout(): void {
  if (isGuarded) return;
  isGuarded = true;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    say(`order-sync: cannot write the output (${error.code ?? error.message}).`);
    process.exit(EXIT.failed);
  });
}
