import { useRef, useState } from 'preact/hooks';
import { post } from '../api.js';
import { orderLink } from './route.js';

/** @import { SearchAnswer } from '../../messages.ts' */

/**
 * @typedef {object} Search
 * @property {string} text as it was typed
 * @property {SearchAnswer | null} answer null: not there yet
 * @property {unknown} error null: none
 */

/** Where results stand: no order is shown. */
export const RESULTS_LINK = '#/orders';

/**
 * The latest search, and how to begin one. The text stays out of the address, which browsers keep: it may be a person's name. An
 * order that is all it found is opened.
 *
 * @returns {{ search: Search | null, begin: (text: string) => Promise<void> }}
 */
export function useSearch() {
  const [search, setSearch] = useState(/** @returns {Search | null} */ () => null);
  const latest = useRef(0);

  /** @param {string} text */
  const begin = async (text) => {
    latest.current += 1;
    const mine = latest.current;
    if (location.hash !== RESULTS_LINK) location.hash = RESULTS_LINK;
    setSearch({ text, answer: null, error: null });
    try {
      /** @type {SearchAnswer} */
      const answer = await post('/api/search', { text });
      if (latest.current !== mine) return;
      setSearch({ text, answer, error: null });
      const only = onlyOrder(answer);
      // In place of the results: going back leads to where the reader came from.
      if (only !== null) location.replace(orderLink(only));
    } catch (error) {
      if (latest.current === mine) setSearch({ text, answer: null, error });
    }
  };
  return { search, begin };
}

/** By what name the only order goes that was found; null: none or several. @param {SearchAnswer} answer */
export function onlyOrder({ parts }) {
  const names = new Set(parts.flatMap(({ hits }) => hits.map(({ reference }) => reference)));
  const [name = null] = names;
  return parts.length === 1 && names.size === 1 ? name : null;
}

/** Each order once, for however many parts of the text it was found. @param {SearchAnswer} answer */
export function countFound({ parts }) {
  return new Set(parts.flatMap(({ hits }) => hits.map(({ reference }) => reference))).size;
}
