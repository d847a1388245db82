import { html } from '../../html.js';
import { minute } from '../../language/times.js';

/** @import { ComponentChildren } from 'preact' */
/** @import { Bucket } from '../../../messages.ts' */
/** @import { Area } from './use-area.js' */

/**
 * @typedef {object} PlotProps
 * @property {readonly Bucket[]} buckets
 * @property {Area} area
 * @property {number} knownSince there is no data from before; ms since the epoch
 * @property {number | null} chosen the bucket that the readout speaks of
 */

const TOP = 8;
export const RIGHT = 4;

/** From a bucket's index to px. @param {readonly Bucket[]} buckets @param {Area} area */
export function horizontal(buckets, area) {
  const step = (area.width - area.left - RIGHT) / buckets.length;
  return { step, x: (/** @type {number} */ index) => area.left + index * step };
}

/** From a share of the height, 0 to 1, to px. @param {Area} area @param {number} share */
export function vertical(area, share) {
  return area.height - area.bottom - share * (area.height - TOP - area.bottom);
}

/**
 * What both charts have around their data: lines with labels, the times below, what is not known, what is chosen.
 *
 * @param {PlotProps & { lines: readonly { y: number, label: string }[], children?: ComponentChildren }} props
 */
export function Axes({ buckets, area, knownSince, chosen, lines, children }) {
  const { width, height, left } = area;
  const { step, x } = horizontal(buckets, area);
  const unknown = buckets.filter(({ at }) => at < knownSince - 60_000).length;
  return html`
    <svg width=${width} height=${height} viewBox="0 0 ${width} ${height}" aria-hidden="true">
      ${lines.map(
        ({ y, label }) => html`
          <g class="grid">
            <line x1=${left} x2=${width - RIGHT} y1=${y} y2=${y} />
            <text x=${left - 8} y=${y + 4} text-anchor="end">${label}</text>
          </g>
        `,
      )}
      ${unknown > 0 && html`<rect class="unknown" ...${columns(area, left, unknown * step)} />`}
      ${timeLabels(buckets, area)}
      ${children}
      ${chosen !== null && html`<rect class="chosen" ...${columns(area, x(chosen), step)} />`}
    </svg>
  `;
}

/** From top to bottom. @param {Area} area @param {number} x @param {number} width */
function columns(area, x, width) {
  return { x, width, y: TOP, height: area.height - TOP - area.bottom };
}

/** At round times: every quarter of an hour, or every four hours. @param {readonly Bucket[]} buckets @param {Area} area */
function timeLabels(buckets, area) {
  const { step, x } = horizontal(buckets, area);
  const span = (buckets.at(-1)?.at ?? 0) - (buckets[0]?.at ?? 0);
  const isRound = (/** @type {Date} */ date) =>
    span > 7_200_000 ? date.getHours() % 4 === 0 && date.getMinutes() === 0 : date.getMinutes() % 15 === 0;
  return buckets.map(({ at }, index) => {
    const middle = x(index) + step / 2;
    if (!isRound(new Date(at)) || middle < area.left + 14 || middle > area.width - 18) return null;
    return html`<text class="hour" x=${middle} y=${area.height - 4} text-anchor="middle">${minute(at)}</text>`;
  });
}
