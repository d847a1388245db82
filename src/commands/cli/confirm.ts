import { createInterface } from 'node:readline/promises';

/** Asks on the terminal. Only "y" or "yes" means yes; Ctrl-C and Ctrl-D mean no. */
export async function confirm(question: string): Promise<boolean> {
  using terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => {
    terminal.once('close', () => resolve('no'));
  });
  const answer = await Promise.race([terminal.question(`${question} [y/N] `), closed]).catch(() => 'no');
  return /^y(?:es)?$/i.test(answer.trim());
}
