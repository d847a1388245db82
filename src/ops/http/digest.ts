import { createHash, timingSafeEqual } from 'node:crypto';

/** Of one length, whatever the length of the text: a comparison must not reveal that either. */
export function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** In constant time. */
export function isSameText(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b));
}
