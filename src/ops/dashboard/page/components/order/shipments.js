import { h } from 'preact';
import { html } from '../../html.js';
import { UNSAID } from '../../language/format.js';
import { t } from '../../language/words.js';
import { ScrollTable } from '../table.js';
import { Time } from '../times.js';

/** @import { FoundOrder } from '../../../messages.ts' */

/** What left the warehouse, and whether the shop knows. @param {{ shipments: FoundOrder['shipments'] }} props */
export function Shipments({ shipments }) {
  return html`
    <section class="shipments">
      <h4>${t('order.shipments')}</h4>
      ${h(
        ScrollTable,
        { label: t('order.shipments'), class: 'parcels' },
        html`
          <thead>
            <tr>
              <th scope="col">${t('order.parcel')}</th>
              <th scope="col">${t('order.carrier')}</th>
              <th scope="col">${t('order.tracking')}</th>
              <th scope="col">${t('order.shippedAt')}</th>
              <th scope="col">${t('order.toShop')}</th>
            </tr>
          </thead>
          <tbody>
            ${shipments.map(row)}
          </tbody>
        `,
      )}
    </section>
  `;
}

const NEEDS_SOMEONE = ['failed', 'conflict'];

/** @param {FoundOrder['shipments'][number]} shipment */
function row({ shipmentId, carrier, trackingNumber, shippedAt, state, isPending, reportedAt, note, error }) {
  const isCorrected = isPending && state !== 'new';
  return html`
    <tr>
      <td data-label=${t('order.parcel')}>${shipmentId}</td>
      <td data-label=${t('order.carrier')}>${carrier || UNSAID}</td>
      <td data-label=${t('order.tracking')} class="tracking">${trackingNumber || UNSAID}</td>
      <td data-label=${t('order.shippedAt')} class="when">${h(Time, { instant: shippedAt })}</td>
      <td data-label=${t('order.toShop')}>
        <span class=${NEEDS_SOMEONE.includes(state) && !isCorrected ? 'bad' : ''}>
          ${t(isCorrected ? 'shipment.corrected' : `shipment.${state}`)}
        </span>
        ${state === 'reported' && !isCorrected && reportedAt !== null && [' · ', h(Time, { instant: reportedAt })]}
        ${note !== null && html`<p class="soft">${note}</p>`}
        ${error !== null && html`<p><code>${error}</code></p>`}
      </td>
    </tr>
  `;
}
