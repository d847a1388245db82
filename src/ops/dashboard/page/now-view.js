import { createChart } from './charts.js';
import { createDeliveries } from './deliveries.js';
import { fill, filled, h } from './dom.js';
import { agoElement, duration, number, numberOrUnknown, time, timeElement } from './format.js';
import { icon } from './icons.js';
import { state } from './store.js';
import { isKey, reasonWords, t } from './words.js';

/** @import { Consumption, Figures } from '../messages.ts' */

/** The day's first stretch of time is cut off somewhere. */
const FIRST_BUCKET_MS = 15 * 60_000;

/** Remembered while one looks at another section. @type {'hour' | 'day'} */
let range = 'hour';

/** What the daemon is doing, the figures, the charts, and the orders as they arrive. */
export function createNowView() {
  const status = h('section', { class: 'status' });
  const figures = h('dl', { class: 'figures', 'aria-label': t('figures.label') });
  const orders = createChart({ kind: 'orders' });
  const times = createChart({ kind: 'times' });
  const deliveries = createDeliveries();
  const charts = h('section', { class: 'charts' }, rangeSwitch(update), orders.element, times.element);
  const element = h('div', { class: 'now' }, status, figures, h('div', { class: 'board' }, charts, deliveries.element));
  let shown = '';

  function update() {
    const { snapshot, link } = state;
    if (snapshot === null) {
      fill(status, h('p', { class: 'loading' }, t('link.connecting')));
      return;
    }
    const { consumption } = snapshot;
    const isKnown = link !== 'lost';
    const key = JSON.stringify([consumption, isKnown]);
    if (key !== shown) fill(status, statusSign(consumption, isKnown));
    shown = key;
    fill(figures, figureCells(snapshot.figures, snapshot.knownSince));
    const isHour = range === 'hour';
    const buckets = isHour ? snapshot.hour : snapshot.day;
    orders.update(t(isHour ? 'chart.ordersHour' : 'chart.ordersDay'), buckets, snapshot.knownSince);
    times.update(t('chart.times'), buckets, snapshot.timedSince);
    deliveries.update(snapshot.deliveries, state.skipped);
  }

  return { element, update };
}

/** In one sentence, for screen readers and the tab's title too. @param {Consumption} consumption */
export function consumptionWords({ state: name, dependency, reason }) {
  if (name !== 'paused' || dependency === undefined) return t(`state.${name}.text`);
  return `${t(`state.paused.${dependency}`, { reason: reasonWords(reason ?? '') })} ${t('state.paused.text')}`;
}

/** @param {Consumption} consumption @param {boolean} isKnown */
function statusSign(consumption, isKnown) {
  const { state: name, since } = consumption;
  return h(
    'div',
    { class: `sign sign-${isKnown ? name : 'unknown'}` },
    icon(isKnown ? name : 'unknown'),
    h(
      'div',
      {},
      h(
        'p',
        { class: 'sign-word' },
        h('strong', {}, t(`state.${name}`)),
        ' ',
        h('span', { class: 'since' }, filled(t('state.since'), { time: timeElement(since), ago: agoElement(since) })),
      ),
      h('p', { class: 'sign-text' }, consumptionWords(consumption)),
    ),
  );
}

/** @param {Figures} figures @param {number} knownSince */
function figureCells({ lastOrderAt, lastHour, lastDay, waiting, inFlight, retrying, deadLetters }, knownSince) {
  const isWholeDay = knownSince <= lastDay.at + FIRST_BUCKET_MS;
  return [
    cell(
      t('figures.lastOrder'),
      lastOrderAt === null ? t('figures.noOrder') : agoElement(lastOrderAt),
      lastOrderAt === null ? '' : t('figures.at', { time: time(lastOrderAt) }),
      'wide',
    ),
    cell(
      t('figures.orders'),
      number(lastHour.orders),
      isWholeDay
        ? t('figures.ordersDay', { n: lastDay.orders })
        : t('figures.ordersSince', { n: lastDay.orders, time: time(knownSince) }),
    ),
    cell(
      t('figures.median'),
      lastHour.p50 === null ? '–' : duration(lastHour.p50),
      lastHour.p95 === null ? t('figures.noTimes') : t('figures.p95', { time: duration(lastHour.p95) }),
    ),
    cell(t('figures.waiting'), numberOrUnknown(waiting), t('figures.inFlight', { n: inFlight })),
    cell(t('figures.retrying'), numberOrUnknown(retrying), retrying ? t('figures.retryingText') : ''),
    cell(
      t('figures.deadLetters'),
      deadLetters
        ? h('a', { href: '#/dead-letters' }, icon('stuck'), number(deadLetters))
        : numberOrUnknown(deadLetters),
      deadLetters === null ? '' : t(deadLetters > 0 ? 'figures.deadLettersText' : 'figures.deadLettersNone'),
      deadLetters ? 'needs-someone' : '',
    ),
  ];
}

/** @param {string} name @param {Node | string} value @param {string} more @param {string} [kind] */
function cell(name, value, more, kind = '') {
  return h(
    'div',
    { class: `figure ${kind}` },
    h('dt', {}, name),
    h('dd', { class: 'value' }, value),
    h('dd', { class: 'more' }, more),
  );
}

/** @param {() => void} onChange */
function rangeSwitch(onChange) {
  const choice = (/** @type {'hour' | 'day'} */ name) => {
    const key = `chart.${name}`;
    const input = h('input', {
      type: 'radio',
      name: 'range',
      value: name,
      checked: range === name,
      onchange: () => {
        range = name;
        onChange();
      },
    });
    return h('label', {}, input, h('span', {}, isKey(key) ? t(key) : name));
  };
  return h(
    'fieldset',
    { class: 'switch' },
    h('legend', { class: 'unseen' }, t('chart.range')),
    choice('hour'),
    choice('day'),
  );
}
