import type { ReadText } from './read-text.ts';
import { type ReplyReview, reviewReply } from './review-reply.ts';

/** What was found on the way to the JSON, and in it. */
export function reviewText({ json, problems, notes }: ReadText): ReplyReview {
  if (json === undefined) return { fits: false, problems, notes, orders: [] };
  const review = reviewReply(json);
  return {
    ...review,
    fits: review.fits && problems.length === 0,
    problems: [...problems, ...review.problems],
    notes: [...notes, ...review.notes],
  };
}
