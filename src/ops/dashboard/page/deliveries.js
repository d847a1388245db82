import { fill, h, setText } from './dom.js';
import { duration, time, timeElement } from './format.js';
import { icon } from './icons.js';
import { reasonWords, t } from './words.js';

/** @import { Arrival } from '../messages.ts' */

/** The list of orders as they arrive. Rows that are there stay; new ones come in on top. */
export function createArrivals() {
  const list = h('ol', { class: 'arrivals-list' });
  const note = h('p', { class: 'empty' });
  const element = h(
    'section',
    { class: 'arrivals', 'aria-label': t('arrivals.title') },
    h('h3', {}, t('arrivals.title'), ' ', h('span', { class: 'soft' }, t('arrivals.newest'))),
    note,
    list,
  );
  /** @type {readonly Arrival[]} */
  let shown = [];

  return {
    element,
    /** @param {readonly Arrival[]} arrivals newest first @param {number} skipped */
    update(arrivals, skipped) {
      setText(note, arrivals.length === 0 ? t('arrivals.empty') : '');
      const [newest] = shown;
      const known = newest === undefined ? -1 : arrivals.indexOf(newest);
      if (known === 0) return;
      if (known === -1)
        fill(
          list,
          arrivals.map((arrival) => row(arrival, false)),
        );
      else list.prepend(...arrivals.slice(0, known).map((arrival) => row(arrival, true)));
      if (known > 0 && skipped > 0)
        list.children[known - 1]?.after(h('li', { class: 'skipped' }, t('arrivals.skipped', { n: skipped })));
      while (list.children.length > arrivals.length) list.lastElementChild?.remove();
      shown = arrivals;
    },
  };
}

/** @param {Arrival} arrival @param {boolean} isNew */
function row({ at, order, event, outcome, reason, conflict, tookMs }, isNew) {
  const name = conflict ? 'conflict' : outcome;
  return h(
    'li',
    { class: `arrival is-${name}${isNew ? ' is-new' : ''}` },
    timeElement(at, time(at)),
    order === null
      ? h('span', { class: 'order soft' }, t('arrivals.nameless'))
      : h('a', { class: 'order', href: `#/orders/${encodeURIComponent(order)}` }, order),
    h('span', { class: 'event soft' }, event === null ? '' : t(`event.${event}`)),
    h(
      'span',
      { class: 'outcome', title: reason === undefined ? null : reasonWords(reason) },
      icon(name),
      t(`outcome.${name}`),
      reason !== undefined && outcome !== 'requeued' && h('small', { class: 'why' }, reasonWords(reason)),
    ),
    h('span', { class: 'took soft' }, tookMs === null ? '' : duration(tookMs)),
  );
}
