import { h } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { html } from '../../html.js';
import { duration } from '../../language/format.js';
import { minute } from '../../language/times.js';
import { t } from '../../language/words.js';
import { RIGHT } from './axes.js';
import { OrdersPlot } from './orders-plot.js';
import { TimesPlot } from './times-plot.js';
import { useArea } from './use-area.js';

/** @import { Bucket } from '../../../messages.ts' */

/**
 * A chart of our own, since none of a library's can be read without eyes. Its readout follows the pointer and the arrow keys,
 * so it tells screen readers what it shows.
 *
 * @param {{ kind: 'orders' | 'times', title: string, buckets: readonly Bucket[], knownSince: number }} props there is no data
 *   from before `knownSince`
 */
export function Chart({ kind, title, buckets, knownSince }) {
  const plot = useRef(/** @type {HTMLElement | null} */ (null));
  const area = useArea(plot);
  const [wanted, choose] = useState(/** @returns {number | null} */ () => null);
  const last = buckets.length - 1;
  const chosen = wanted === null ? null : Math.max(0, Math.min(last, wanted));
  const bucket = buckets[chosen ?? last];
  if (bucket === undefined) return null;
  const text = `${minute(bucket.at)} · ${kind === 'orders' ? orderWords(bucket) : timeWords(bucket)}`;
  const isSilent = chosen === null && bucket.orders === 0 && kind === 'times';

  /** @param {PointerEvent} event */
  const point = ({ clientX }) => {
    if (plot.current === null || area === null) return;
    const from = clientX - plot.current.getBoundingClientRect().left - area.left;
    choose(Math.floor((from / (area.width - area.left - RIGHT)) * buckets.length));
  };
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const from = chosen ?? last;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  };
  const leave = () => choose(null);

  return html`
    <figure class="chart">
      <figcaption>
        <h3 class="chart-title">${title}</h3>
        <output class="chart-readout">${isSilent ? '' : text}</output>
      </figcaption>
      <div
        class="plot plot-${kind}"
        ref=${plot}
        role="slider"
        tabindex="0"
        aria-label=${title}
        aria-valuemin="0"
        aria-valuemax=${last}
        aria-valuenow=${chosen ?? last}
        aria-valuetext=${text}
        onPointerMove=${point}
        onPointerLeave=${leave}
        onBlur=${leave}
        onKeyDown=${press}
      >
        ${area !== null && h(kind === 'orders' ? OrdersPlot : TimesPlot, { buckets, area, knownSince, chosen })}
      </div>
      <p class="chart-note">${note(buckets, knownSince)}</p>
    </figure>
  `;
}

/** @param {readonly Bucket[]} buckets @param {number} knownSince */
function note(buckets, knownSince) {
  if (knownSince > (buckets[0]?.at ?? 0) + 60_000) return t('chart.unknown', { time: minute(knownSince) });
  return buckets.every(({ orders, deadLetters }) => orders + deadLetters === 0) && t('chart.empty');
}

/** @param {Bucket} bucket */
function orderWords({ orders, deadLetters }) {
  return [t('chart.orders', { n: orders }), deadLetters > 0 && t('chart.deadLetters', { n: deadLetters })]
    .filter(Boolean)
    .join(' · ');
}

/** @param {Bucket} bucket */
function timeWords({ p50, p95 }) {
  if (p50 === null || p95 === null) return t('chart.nothing');
  return `${t('chart.p50', { time: duration(p50) })} · ${t('chart.p95', { time: duration(p95) })}`;
}
