import { useLayoutEffect, useState } from 'preact/hooks';

/** @import { RefObject } from 'preact' */
/**
 * In px; `left` and `bottom` are for the labels.
 *
 * @typedef {{ readonly width: number, readonly height: number, readonly left: number, readonly bottom: number }} Area
 */

/** @param {RefObject<HTMLElement | null>} element @returns {Area | null} null until it was measured */
export function useArea(element) {
  const [area, setArea] = useState(/** @returns {Area | null} */ () => null);
  useLayoutEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      const width = Math.round(entry?.contentRect.width ?? 0);
      const height = Math.round(entry?.contentRect.height ?? 0);
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setArea(width === 0 ? null : { width, height, left: rem * 3.6, bottom: rem * 1.35 });
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return area;
}
