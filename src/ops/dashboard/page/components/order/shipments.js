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
        { label: t('order.shipments'), class: 'lines' },
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

/** @param {FoundOrder['shipments'][number]} shipment */
function row({ shipmentId, carrier, trackingNumber, shippedAt, state, isPending, reportedAt, note, error }) {
  const isCorrected = isPending && state !== 'new';
  return html`
    <tr>
      <td>${shipmentId}</td>
      <td>${carrier || UNSAID}</td>
      <td>${trackingNumber || UNSAID}</td>
      <td>${h(Time, { instant: shippedAt })}</td>
      <td>
        ${t(isCorrected ? 'shipment.corrected' : `shipment.${state}`)}
        ${state === 'reported' && !isCorrected && reportedAt !== null && [' · ', h(Time, { instant: reportedAt })]}
        ${note !== null && html`<p class="soft">${note}</p>`}
        ${error !== null && html`<p><code>${error}</code></p>`}
      </td>
    </tr>
  `;
}
