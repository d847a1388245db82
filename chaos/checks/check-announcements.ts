import type { Violation } from './violation.ts';

/** "Order N is now revision R", as it came out of the listener's queue. */
export interface Announcement {
  readonly messageId: string;
  readonly shop: string;
  readonly orderNumber: string;
  readonly shopOrderId: string;
  readonly revision: number;
}

export interface RevisedOrder {
  readonly orderNumber: string;
  readonly shopOrderId: string;
  /** How many contents it has had. */
  readonly revision: number;
}

/** Each revision was announced at least once, and none before the one before it. @param announcements in their order */
export function checkAnnouncements(
  orders: readonly RevisedOrder[],
  announcements: readonly Announcement[],
): Violation[] {
  const heard = Map.groupBy(announcements, ({ shopOrderId }) => shopOrderId);
  const stored = new Map(orders.map((order) => [order.shopOrderId, order]));
  const found = announcements
    .filter((announcement) => !isTrue(announcement, stored.get(announcement.shopOrderId)))
    .map(
      ({ messageId }): Violation => ({ invariant: 'I5', message: `${messageId} was announced, and is not stored so` }),
    );
  for (const { shopOrderId, orderNumber, revision } of orders) {
    const revisions = (heard.get(shopOrderId) ?? []).map((announcement) => announcement.revision);
    const shown = `order ${orderNumber} was announced as revisions ${revisions.join(' → ') || 'none'}`;
    const missing = Array.from({ length: revision }, (_, index) => index + 1).filter((n) => !revisions.includes(n));
    if (missing.length > 0) found.push({ invariant: 'I1', message: `${shown}: ${missing.join(', ')} is missing` });
    // One that was published and not noted may come again, after later ones.
    const skips = revisions.some((n, index) => n > Math.max(0, ...revisions.slice(0, index)) + 1);
    if (skips && missing.length === 0) found.push({ invariant: 'I3', message: `${shown}, out of order` });
  }
  return found;
}

function isTrue(announcement: Announcement, order: RevisedOrder | undefined): boolean {
  const { messageId, shop, shopOrderId, orderNumber, revision } = announcement;
  return (
    order?.orderNumber === orderNumber &&
    revision <= order.revision &&
    messageId === `${shop}/${shopOrderId}/${revision}`
  );
}
