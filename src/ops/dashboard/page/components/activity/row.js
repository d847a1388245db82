import { h } from 'preact';
import { useState } from 'preact/hooks';
import { html } from '../../html.js';
import { isKey, t } from '../../language/words.js';
import { orderLink } from '../../state/route.js';
import { Time } from '../times.js';
import { Restorable } from './restorable.js';

/** @import { ActivityAnswer } from '../../../activity-messages.ts' */
/** @typedef {ActivityAnswer['entries'][number]} Entry */

const ORDERS_SHOWN = 5;

/**
 * One action, and the row below it that brings back what it discarded.
 *
 * @param {{ entry: Entry, reload: () => Promise<unknown> }} props
 */
export function ActivityRow({ entry, reload }) {
  const { id, at, name, role, address, orders, restorable } = entry;
  const [isOpen, setOpen] = useState(false);
  const what = actionWords(entry);
  const label = t(isOpen ? 'activity.close' : 'activity.open');
  return html`
    <tr>
      <td class="when">${h(Time, { instant: at })}</td>
      <td class="who-did">
        <strong>${name}</strong>${' '}
        <span class="soft">${[name !== role && roleWords(role), address].filter(Boolean).join(' · ')}</span>
      </td>
      <td>${what}</td>
      <td class="orders">${orders.length > 0 && h(Orders, { orders })}</td>
      <td class="actions">
        ${
          (restorable > 0 || isOpen) &&
          html`
            <button
              type="button"
              aria-expanded=${isOpen}
              aria-label=${t('app.labelled', { action: label, what: `${what} · ${name}` })}
              onClick=${() => setOpen(!isOpen)}
            >
              ${label}
            </button>
          `
        }
      </td>
    </tr>
    ${isOpen && html`<tr class="details"><td colspan="5">${h(Restorable, { id, reload })}</td></tr>`}
  `;
}

/** @param {{ orders: readonly string[] }} props */
function Orders({ orders }) {
  const links = orders
    .slice(0, ORDERS_SHOWN)
    .map((order) => html`<a key=${order} href=${orderLink(order)}>${order}</a> `);
  if (orders.length <= ORDERS_SHOWN) return links;
  const [before = '', after = ''] = t('activity.moreOrders').split('{orders}');
  return [before, links, after];
}

/** @param {Entry} entry */
function actionWords({ action, details }) {
  const key = `action.${action}`;
  const n = details['done'];
  return isKey(key) ? t(key, typeof n === 'number' ? { n } : {}) : action;
}

/** @param {string} role */
function roleWords(role) {
  const key = `role.${role}`;
  return isKey(key) ? t(key) : role;
}
