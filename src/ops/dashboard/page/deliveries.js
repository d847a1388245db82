import { fill, h, setText } from './dom.js';
import { duration, time, timeElement } from './format.js';
import { icon } from './icons.js';
import { reasonWords, t } from './words.js';

/** @import { DeliveryEvent } from '../messages.ts' */

/** The list of orders as they arrive. Rows that are there stay; new ones come in on top. */
export function createDeliveries() {
  const list = h('ol', { class: 'deliveries-list' });
  const note = h('p', { class: 'empty' });
  const element = h(
    'section',
    { class: 'deliveries', 'aria-label': t('deliveries.title') },
    h('h3', {}, t('deliveries.title'), ' ', h('span', { class: 'soft' }, t('deliveries.newest'))),
    note,
    list,
  );
  /** @type {readonly DeliveryEvent[]} */
  let shown = [];

  return {
    element,
    /** @param {readonly DeliveryEvent[]} deliveries newest first @param {number} skipped */
    update(deliveries, skipped) {
      setText(note, deliveries.length === 0 ? t('deliveries.empty') : '');
      const [newest] = shown;
      const known = newest === undefined ? -1 : deliveries.indexOf(newest);
      if (known === 0) return;
      if (known === -1)
        fill(
          list,
          deliveries.map((delivery) => row(delivery, false)),
        );
      else list.prepend(...deliveries.slice(0, known).map((delivery) => row(delivery, true)));
      if (known > 0 && skipped > 0)
        list.children[known - 1]?.after(h('li', { class: 'skipped' }, t('deliveries.skipped', { n: skipped })));
      while (list.children.length > deliveries.length) list.lastElementChild?.remove();
      shown = deliveries;
    },
  };
}

/** @param {DeliveryEvent} delivery @param {boolean} isNew */
function row({ at, order, event, outcome, reason, conflict, tookMs }, isNew) {
  const name = conflict ? 'conflict' : outcome;
  return h(
    'li',
    { class: `delivery is-${name}${isNew ? ' is-new' : ''}` },
    timeElement(at, time(at)),
    order === null
      ? h('span', { class: 'order soft' }, t('deliveries.nameless'))
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
