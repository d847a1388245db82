import { h } from 'preact';
import { html } from '../../html.js';
import { t } from '../../language/words.js';
import { Facts, PersonalValue } from '../facts.js';

/** @import { OrderDetails, Personal } from '../../../messages.ts' */

/** @param {{ details: OrderDetails }} props */
export function Customer({ details }) {
  const { buyer, email, phone, address, buyerNote } = details;
  const isHidden = [buyer, email, phone, address, buyerNote].some(
    (value) => value !== null && typeof value === 'object',
  );
  const row = (/** @type {string} */ name, /** @type {Personal} */ value) =>
    value !== null && /** @type {const} */ ([name, h(PersonalValue, { value })]);
  return html`
    <div>
      <h4>${t('customer.title')}</h4>
      ${h(Facts, {
        rows: [
          row(t('customer.name'), buyer ?? t('customer.guest')),
          row(t('customer.phone'), phone),
          row(t('customer.email'), email),
          row(t('customer.address'), address ?? t('customer.noAddress')),
          row(t('customer.note'), buyerNote),
        ],
      })}
      ${isHidden && html`<p class="soft small">${t('customer.hiddenText')}</p>`}
    </div>
  `;
}
