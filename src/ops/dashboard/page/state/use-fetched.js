import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../api.js';

/**
 * @template T
 * @typedef {object} Fetched
 * @property {T | null} answer
 * @property {unknown} error null: none
 * @property {() => Promise<T | null>} load asks again; null after a failure, or when the component is gone
 */

/**
 * What the daemon answers: asked when the component appears and with each `load()`. Until then the last answer stays. A
 * component that may want another path has a `key` made of it.
 *
 * @template T
 * @param {string} path
 * @returns {Fetched<T>}
 */
export function useFetched(path) {
  const [state, setState] = useState(
    /** @returns {{ answer: T | null, error: unknown }} */ () => ({ answer: null, error: null }),
  );
  const isHere = useRef(true);
  const load = useCallback(async () => {
    try {
      const answer = /** @type {T} */ (await get(path));
      if (!isHere.current) return null;
      setState({ answer, error: null });
      return answer;
    } catch (error) {
      if (isHere.current) setState((before) => ({ ...before, error }));
      return null;
    }
  }, [path]);
  useEffect(() => {
    isHere.current = true;
    void load();
    return () => {
      isHere.current = false;
    };
  }, [load]);
  return { ...state, load };
}
