import type { ForgottenOrder } from '../ack-memory/forgotten-order.ts';
import { asArguments } from './cli/order-references.ts';
import { when } from './cli/times.ts';

/** What can be said of an order that the database knows nothing of, in lines. */
export function unknownOrder(reference: string, forgotten: ForgottenOrder | null): readonly string[] {
  if (forgotten !== null) return [`  Acked ${forgottenInWords(forgotten, reference)}`];
  return [
    '  Never seen: the database knows no event for this order.',
    '  It may still be in the queue, the shop may not have published one, or the database lost it (failover, restored backup).',
    `  To fetch it now: ${resync(reference)}`,
  ];
}

/** Follows "acked". */
export function forgottenInWords({ ackedAt, isBeingFetched }: ForgottenOrder, reference: string): string {
  const next = isBeingFetched ? 'It is being fetched again.' : `To fetch it now: ${resync(reference)}`;
  return `${when(ackedAt)}, and the database no longer has it: a failover, or a restored backup. ${next}`;
}

function resync(reference: string): string {
  return `order-sync resync ${asArguments([reference])}`;
}
