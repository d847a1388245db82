import { isUtf8 } from 'node:buffer';
import type { Selected } from './selection.ts';

const EXCERPT_LENGTH = 60;

/** What tells a message that names no order, or several, from another one; null if it names one. May be about a person. */
export function excerptOf({ deadLetter, summary }: Selected): string | null {
  return summary.order === null ? beginningOf(deadLetter.delivery.content, EXCERPT_LENGTH) : null;
}

/** Its first characters; of what is not text, so many bytes as Base64. */
export function beginningOf(content: Buffer, length: number): string {
  if (!isUtf8(content)) return content.subarray(0, length).toString('base64');
  // Four bytes are the most that a character takes; by code points, so that none is cut in two.
  const text = content.subarray(0, 4 * length).toString();
  return [...text].slice(0, length).join('');
}
