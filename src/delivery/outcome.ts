/**
 * What became of a delivery.
 *
 * - `synced`: the snapshot is committed in the internal system
 * - `unchanged`: the internal system held exactly this already
 * - `stale`: the internal system held something newer
 * - `retrying`: this attempt failed; the event waits in a wait queue for its next attempt
 * - `dead-lettered`: the event needs a person; it is in the dead letters with a reason
 * - `requeued`: it went back to the queue with no attempt counted (outage, shutdown)
 */
export const OUTCOMES = ['synced', 'unchanged', 'stale', 'retrying', 'dead-lettered', 'requeued'] as const;
export type Outcome = (typeof OUTCOMES)[number];
