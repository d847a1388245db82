import { h } from 'preact';
import { Chart } from '../components/chart/chart.js';
import { Deliveries } from '../components/now/deliveries.js';
import { Figures } from '../components/now/figures.js';
import { RangeSwitch } from '../components/now/range-switch.js';
import { StatusSign } from '../components/now/status-sign.js';
import { html } from '../html.js';
import { t } from '../language/words.js';
import { useStore } from '../state/store.js';

/** What the daemon is doing, the figures, the charts, and the orders as they arrive. */
export function NowView() {
  const snapshot = useStore((state) => state.snapshot);
  const isKnown = useStore(({ link }) => link !== 'lost');
  const range = useStore((state) => state.range);
  if (snapshot === null) return html`<p class="loading">${t('link.connecting')}</p>`;
  const { consumption, figures, deliveries, knownSince, timedSince } = snapshot;
  const [buckets, ordersTitle] =
    range === 'hour' ? [snapshot.hour, t('chart.ordersHour')] : [snapshot.day, t('chart.ordersDay')];
  return html`
    <div class="now">
      ${h(StatusSign, { consumption, isKnown })}
      ${h(Figures, { figures, knownSince })}
      <div class="board">
        <section class="charts">
          ${h(RangeSwitch, { range })}
          ${h(Chart, { kind: 'orders', title: ordersTitle, buckets, knownSince })}
          ${h(Chart, { kind: 'times', title: t('chart.times'), buckets, knownSince: timedSince })}
        </section>
        ${h(Deliveries, { deliveries })}
      </div>
    </div>
  `;
}
