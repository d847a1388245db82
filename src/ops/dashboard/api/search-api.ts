import type { InternalSystem } from '../../../internal-system/internal-system.ts';
import type { SearchKind } from '../../../internal-system/search/order-search.ts';
import { type SearchHit, searchByText } from '../../../internal-system/search/search-by-text.ts';
import type { Role } from '../../http/access.ts';
import { Refused } from '../../http/json-body.ts';
import type { FoundBySearch, SearchAnswer } from '../messages.ts';
import { orderDetails } from './order-details.ts';

/** Searches at once: each asks the internal system several times, and it has orders to write. */
const MAX_SEARCHES = 2;

/** Finds the orders that a person means. */
export class SearchApi {
  readonly #internalSystem: InternalSystem;
  #searches = 0;

  constructor(internalSystem: InternalSystem) {
    this.#internalSystem = internalSystem;
  }

  /**
   * @param text what was typed, scanned or pasted. It may be personal: it must not be logged
   * @returns with the answer, by what of a person was searched
   * @throws Refused; SyncError when the internal system does not answer
   */
  async search(text: string, role: Role): Promise<{ answer: SearchAnswer; personalKinds: readonly SearchKind[] }> {
    if (this.#internalSystem.findOrders === undefined) {
      throw new Refused(501, 'The INTERNAL_SYSTEM module has no findOrders().');
    }
    if (this.#searches >= MAX_SEARCHES) throw new Refused(503, 'Too many searches at this moment; try again.');
    this.#searches += 1;
    try {
      const { parts, skipped, personalKinds } = await searchByText(this.#internalSystem, text, role === 'operator');
      const shown = parts.map((part) => ({ ...part, hits: part.hits.map((hit) => shownHit(hit, role)) }));
      return { answer: { parts: shown, skipped }, personalKinds };
    } finally {
      this.#searches -= 1;
    }
  }
}

function shownHit({ record, by, reference, isRead }: SearchHit, role: Role): FoundBySearch {
  const { orderNumber, shopOrderId, state, stored } = record;
  return {
    reference,
    by,
    isRead,
    orderNumber,
    shopOrderId,
    state,
    stored: stored && {
      status: stored.status,
      placedAt: stored.placedAt,
      grandTotal: stored.grandTotal,
      currency: stored.currency,
    },
    buyer: (stored && orderDetails(stored.document, role)?.buyer) ?? null,
  };
}
