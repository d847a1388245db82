/** What a sale is to become, by the order's status. */
export type Target = 'confirmed' | 'quotation' | 'cancelled';

/**
 * What the sale's description says, written in one call with its lines: whose it is, and what was last wanted of it. So whoever
 * finds the sale can go on where another stopped, and tell what staff have done since.
 */
export interface Marker {
  /** `shop/shopOrderId` */
  readonly key: string;
  readonly revision: number;
  readonly target: Target;
  readonly digest: string;
}

export function markerText({ key, revision, target, digest }: Marker): string {
  return `${beginning(key)}r${revision} ${target} ${digest}`;
}

/** What the descriptions of an order's sale begin with, whatever the revision. */
export function beginning(key: string): string {
  return `order-sync ${key} `;
}

const MARKER = /^order-sync (.+) r(\d+) (confirmed|quotation|cancelled) ([\da-f]{12})$/;

/** Undefined if staff have changed the description, or the sale is none of ours. */
export function readMarker(description: string | null): Marker | undefined {
  const [, key, revision, target, digest] = MARKER.exec(description ?? '') ?? [];
  if (key === undefined || digest === undefined || !isTarget(target)) return undefined;
  return { key, revision: Number(revision), target, digest };
}

function isTarget(word: string | undefined): word is Target {
  return word === 'confirmed' || word === 'quotation' || word === 'cancelled';
}
