import { InvalidArgumentError } from 'commander';
import { MAX_PAUSE_TEXT, pauseText } from '../../pause/pause-words.ts';

/** The value of an option that is kept with a pause. */
export function parseText(text: string): string {
  const cleaned = pauseText(text);
  if (cleaned !== undefined) return cleaned;
  throw new InvalidArgumentError(`Expected 1 to ${MAX_PAUSE_TEXT} characters.`);
}
