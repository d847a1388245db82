import { drawOrders, drawTimes, RIGHT } from './chart-drawing.js';
import { h, setText } from './dom.js';
import { duration, minute } from './format.js';
import { t } from './words.js';

/** @import { Bucket } from '../messages.ts' */

/**
 * A chart of its own: no library draws what thirty lines can. Its readout follows pointer and arrow keys, so what a chart
 * shows to eyes it tells screen readers too.
 *
 * @param {{ kind: 'orders' | 'times' }} options
 */
export function createChart({ kind }) {
  const title = h('h3', { class: 'chart-title' });
  const readout = h('output', { class: 'chart-readout' });
  const plot = h('div', { class: `plot plot-${kind}`, role: 'slider', tabindex: '0', 'aria-valuemin': '0' });
  const note = h('p', { class: 'chart-note' });
  const element = h('figure', { class: 'chart' }, h('figcaption', {}, title, readout), plot, note);
  /** @type {readonly Bucket[]} */
  let buckets = [];
  let area = { width: 0, height: 0, left: 0, bottom: 0 };
  let knownSince = 0;
  /** @type {number | null} */
  let chosen = null;

  const say = () => {
    const index = chosen ?? buckets.length - 1;
    const bucket = buckets[index];
    if (bucket === undefined) return;
    const text = `${minute(bucket.at)} · ${kind === 'orders' ? orderWords(bucket) : timeWords(bucket)}`;
    setText(readout, chosen === null && !bucket.orders && kind === 'times' ? '' : text);
    plot.setAttribute('aria-valuemax', String(buckets.length - 1));
    plot.setAttribute('aria-valuenow', String(index));
    plot.setAttribute('aria-valuetext', text);
    for (const [at, mark] of plot.querySelectorAll('.hit').entries()) mark.classList.toggle('is-chosen', at === chosen);
  };

  const draw = () => {
    if (area.width === 0 || buckets.length === 0) return;
    plot.replaceChildren((kind === 'orders' ? drawOrders : drawTimes)(buckets, area, knownSince));
    say();
  };

  /** @param {number | null} index */
  const choose = (index) => {
    chosen = index === null ? null : Math.max(0, Math.min(buckets.length - 1, index));
    say();
  };

  plot.addEventListener('pointermove', ({ clientX }) => {
    const from = clientX - plot.getBoundingClientRect().left - area.left;
    choose(Math.floor((from / (area.width - area.left - RIGHT)) * buckets.length));
  });
  plot.addEventListener('pointerleave', () => choose(null));
  plot.addEventListener('blur', () => choose(null));
  plot.addEventListener('keydown', (event) => {
    const from = chosen ?? buckets.length - 1;
    const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: buckets.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
  });
  new ResizeObserver(([entry]) => {
    const { width = 0, height = 0 } = entry?.contentRect ?? {};
    if (Math.round(width) === area.width && Math.round(height) === area.height) return;
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    area = { width: Math.round(width), height: Math.round(height), left: rem * 3.6, bottom: rem * 1.35 };
    draw();
  }).observe(plot);

  return {
    element,
    /** @param {string} name @param {readonly Bucket[]} latest @param {number} since before which nothing is known */
    update(name, latest, since) {
      buckets = latest;
      knownSince = since;
      setText(title, name);
      plot.setAttribute('aria-label', name);
      const isUnknown = since > (latest[0]?.at ?? 0) + 60_000;
      const isEmpty = latest.every(({ orders, deadLetters }) => orders + deadLetters === 0);
      setText(note, isUnknown ? t('chart.unknown', { time: minute(since) }) : isEmpty ? t('chart.empty') : '');
      draw();
    },
  };
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
