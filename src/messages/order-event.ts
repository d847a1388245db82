/**
 * What an event says happened. It is a hint: the order itself is always fetched. `unspecified` is an event with no type: the
 * website publishes on payment and cancellation, so it means one of the two. A type that nobody knows is `updated`.
 */
export const EVENT_TYPES = ['paid', 'cancelled', 'updated', 'unspecified'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export interface OrderEvent {
  /** The order number, or the shop's own id: whichever the shop published. */
  readonly reference: string;
  readonly type: EventType;
}
