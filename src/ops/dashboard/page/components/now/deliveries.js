import { h } from 'preact';
import { useState } from 'preact/hooks';
import { html } from '../../html.js';
import { duration } from '../../language/format.js';
import { fullTime, time } from '../../language/times.js';
import { reasonWords, t } from '../../language/words.js';
import { now } from '../../state/clock.js';
import { orderLink } from '../../state/route.js';
import { Icon } from '../icon.js';

/** @import { ShownDelivery } from '../../state/ticks.js' */

/** The orders as they arrive, newest first. @param {{ deliveries: readonly ShownDelivery[] }} props */
export function Deliveries({ deliveries }) {
  const [openedAt] = useState(now);
  return html`
    <section class="deliveries" aria-label=${t('deliveries.title')}>
      <h3>${t('deliveries.title')} <span class="soft">${t('deliveries.newest')}</span></h3>
      ${deliveries.length === 0 && html`<p class="empty">${t('deliveries.empty')}</p>`}
      <ol class="deliveries-list">${deliveries.flatMap((delivery) => rows(delivery, openedAt))}</ol>
    </section>
  `;
}

/**
 * Keyed, so that a row stays the same element, with its focus, while others arrive above it.
 *
 * @param {ShownDelivery} delivery
 * @param {number} openedAt
 */
function rows(delivery, openedAt) {
  // Those from before this start of the daemon have no id.
  const key = `${delivery.id} ${delivery.at} ${delivery.order}`;
  const row = h(DeliveryRow, { key, delivery, isNew: Date.parse(delivery.at) >= openedAt });
  if (delivery.skipped === undefined) return [row];
  return [html`<li key="before ${key}" class="skipped">${t('deliveries.skipped', { n: delivery.skipped })}</li>`, row];
}

/** @param {{ delivery: ShownDelivery, isNew: boolean }} props */
function DeliveryRow({ delivery, isNew }) {
  const { at, order, event, outcome, reason, conflict, tookMs } = delivery;
  const name = conflict ? 'conflict' : outcome;
  const why = reason === undefined ? null : reasonWords(reason);
  return html`
    <li class="delivery is-${name}${isNew ? ' is-new' : ''}">
      <time datetime=${at} title=${fullTime(at)}>${time(at)}</time>
      ${
        order === null
          ? html`<span class="order soft">${t(outcome === 'split' ? 'deliveries.several' : 'deliveries.nameless')}</span>`
          : html`<a class="order" href=${orderLink(order)}>${order}</a>`
      }
      <span class="event soft">${event !== null && t(`event.${event}`)}</span>
      <span class="outcome" title=${why}>
        ${h(Icon, { name })}${t(`outcome.${name}`)}
        ${why !== null && outcome !== 'requeued' && html`<small class="why">${why}</small>`}
      </span>
      <span class="took soft">${tookMs !== null && duration(tookMs)}</span>
    </li>
  `;
}
