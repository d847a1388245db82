import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../../api.js';

/** @import { ListedOrder, OrderList } from '../../../list-messages.ts' */
/** @typedef {OrderList & { readonly orders: readonly ListedOrder[] }} Shown all pages so far, and what follows the last */

/**
 * A list of orders: its first page, and the next ones as they are asked for. A component that may want another list has a `key`.
 *
 * @param {string} query
 */
export function useOrderList(query) {
  const [state, setState] = useState(
    /** @returns {{ list: Shown | null, error: unknown }} */ () => ({ list: null, error: null }),
  );
  const isHere = useRef(true);
  /** @type {(before: Shown | null) => Promise<void>} */
  const ask = useCallback(
    async (before) => {
      const after = before?.next == null ? '' : `&after=${encodeURIComponent(before.next)}`;
      try {
        const page = /** @type {OrderList} */ (await get(`/api/order-list?${query}${after}`));
        if (!isHere.current) return;
        setState({ list: { ...page, orders: [...(before?.orders ?? []), ...page.orders] }, error: null });
      } catch (error) {
        if (isHere.current) setState((known) => ({ ...known, error }));
      }
    },
    [query],
  );
  useEffect(() => {
    isHere.current = true;
    void ask(null);
    return () => {
      isHere.current = false;
    };
  }, [ask]);
  return { ...state, load: () => ask(null), more: () => ask(state.list) };
}
