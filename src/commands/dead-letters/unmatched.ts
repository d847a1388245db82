import { EXIT } from '../cli/exit-status.ts';
import { say, visible } from '../cli/output.ts';

/** @param names order numbers and ids that match no dead letter @returns the exit status */
export function reportUnmatched(names: readonly string[]): number {
  for (const name of names)
    say(`There is no dead letter for ${visible(name)}, or someone else is looking at it right now.`);
  return names.length === 0 ? EXIT.ok : EXIT.failed;
}
