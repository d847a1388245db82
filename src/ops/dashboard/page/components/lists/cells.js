import { h } from 'preact';
import { html } from '../../html.js';
import { money, number } from '../../language/format.js';
import { reasonWords, statusWords, t } from '../../language/words.js';
import { now } from '../../state/clock.js';
import { orderLink } from '../../state/route.js';
import { Icon } from '../icon.js';
import { Ago, Time } from '../times.js';

/** @import { ComponentChildren } from 'preact' */
/** @import { ListedOrder } from '../../../list-messages.ts' */
/** @import { Key } from '../../language/words.js' */
/** @import { ColumnName } from './lists.js' */

/** @type {Readonly<Record<ColumnName, Key>>} */
export const TITLES = {
  order: 'order.number',
  state: 'lists.state',
  changed: 'lists.changed',
  fulfilment: 'order.fulfilment',
  status: 'order.status',
  total: 'order.total',
  placed: 'order.placed',
  activity: 'lists.byActivity',
  since: 'lists.since',
  next: 'lists.next',
  attempts: 'order.attempts',
  error: 'lists.error',
};

/** @type {Readonly<Record<ColumnName, (order: ListedOrder) => ComponentChildren>>} */
export const CELLS = {
  order: ({ orderNumber, reference }) => {
    const name = orderNumber ?? reference;
    return html`<a href=${orderLink(name)}>${name}</a>`;
  },
  state: (order) => [stateOf(order), warningOf(order)],
  changed: ({ stored }) =>
    (stored?.conflicts ?? []).map((conflict) => html`<p key=${conflict}>${t(`conflict.${conflict}`)}</p>`),
  fulfilment: ({ stored }) => stored?.fulfilmentStatus ?? '–',
  status: ({ stored }) => (stored === null ? '–' : statusWords(stored.status)),
  total: ({ stored }) => (stored === null ? '–' : money(stored.grandTotal, stored.currency)),
  placed: ({ stored }) => timeOf(stored?.placedAt),
  activity: ({ notedAt }) => timeOf(notedAt),
  since: ({ stored }) => (stored?.conflictAt == null ? '–' : h(Ago, { instant: stored.conflictAt })),
  next: ({ nextAttemptAt }) => nextOf(nextAttemptAt),
  attempts: ({ attempts }) => number(attempts),
  error: ({ lastError }) => (lastError === null ? '–' : errorOf(lastError)),
};

/** @param {ListedOrder} order */
function stateOf({ state, orderNumber }) {
  const text =
    orderNumber === null && state !== 'synced' && state !== 'undelivered'
      ? t(`pending.${state}`)
      : t(`answer.${state}`);
  return html`<span class="list-state list-${state}">${h(Icon, { name: state })}${text}</span>`;
}

/** What somebody may do wrong who looks at the rest alone. @param {ListedOrder} order */
function warningOf({ pendingCancellation, stored }) {
  if (pendingCancellation === 'undelivered') return html`<p class="differ">${t('answer.uncancelledErp')}</p>`;
  if (pendingCancellation !== null) return html`<p class="differ">${t('answer.uncancelled')}</p>`;
  if (stored?.cancelConflict) return html`<p class="differ">${t('list.conflicts')}</p>`;
  return stored?.totalsMismatch ? html`<p class="soft">${t('list.mismatch')}</p>` : null;
}

/** @param {string | undefined} instant */
function timeOf(instant) {
  return instant === undefined ? '–' : h(Time, { instant });
}

/** @param {string | null} instant */
function nextOf(instant) {
  if (instant === null) return '–';
  return Date.parse(instant) > now() ? h(Time, { instant }) : t('lists.nextIsDue');
}

/** `reason: message` @param {string} lastError */
function errorOf(lastError) {
  const [, reason = '', message = lastError] = /^([a-z_]+): (.*)$/s.exec(lastError) ?? [];
  return html`${reason !== '' && html`<p>${reasonWords(reason)}</p>`}<p class="soft error-text">${message}</p>`;
}
