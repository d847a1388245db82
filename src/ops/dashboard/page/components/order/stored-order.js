import { h } from 'preact';
import { html } from '../../html.js';
import { money, UNSAID } from '../../language/format.js';
import { statusWords, t } from '../../language/words.js';
import { Facts, PersonalValue } from '../facts.js';
import { Time } from '../times.js';
import { Customer } from './customer.js';
import { OrderLines } from './order-lines.js';

/** @import { ComponentChildren } from 'preact' */
/** @import { ErpRecord } from '../../../../../internal-system/ledger.ts' */
/** @import { FoundContent, OrderDetails } from '../../../messages.ts' */

/** The order as the internal system has it. @param {{ stored: FoundContent, details: OrderDetails | null, isCancelling: boolean }} props */
export function StoredOrder({ stored, details, isCancelling }) {
  const { status, currency, grandTotal, fulfilmentStatus, placedAt, paidAt, cancelledAt, updatedAt, lines, erp } =
    stored;
  // Somebody may act on "to ship": it is said only of an order that is to be shipped.
  const linesTitle = t(status === 'paid' && !isCancelling ? 'order.toShip' : 'order.lines');
  const { payments = [], cancelReason = null } = details ?? {};
  return html`
    <section class="stored">
      <h4>${t('order.stored')}</h4>
      ${h(Facts, {
        rows: [
          [t('order.status'), html`<strong>${statusWords(status)}</strong>`],
          [t('order.total'), money(grandTotal, currency)],
          [t('order.fulfilment'), fulfilmentStatus],
          [t('order.placed'), instant(placedAt)],
          paidAt !== null && [t('order.paid'), instant(paidAt)],
          cancelledAt !== null && [t('order.cancelled'), instant(cancelledAt)],
          [t('order.changed'), instant(updatedAt)],
          ...(erp === undefined ? [] : erpRows(erp)),
          payments.length > 0 && [t('order.payments'), payments.map((payment) => paymentLine(payment, currency))],
          cancelReason !== null && [t('order.cancelReason'), h(PersonalValue, { value: cancelReason })],
        ],
      })}
      <h4>${linesTitle}</h4>
      ${
        lines.length === 0
          ? html`<p class="soft">${t('order.noLines')}</p>`
          : h(OrderLines, { title: linesTitle, lines, currency, details })
      }
      ${details !== null && h(Customer, { details })}
    </section>
  `;
}

/** @param {ErpRecord} erp @returns {(false | readonly [string, ComponentChildren])[]} */
function erpRows({ id, revision, deliveredRevision, deliveredAt, note }) {
  const has =
    deliveredRevision === null ? t('order.erpNothing') : t('order.erpRevision', { revision: deliveredRevision });
  return [
    [
      t('order.erp'),
      [id !== null && html`<strong>${id}</strong> · `, has, deliveredAt !== null && [' · ', instant(deliveredAt)]],
    ],
    deliveredRevision !== revision && [t('order.erpStored'), t('order.erpRevision', { revision })],
    note !== null && [t('order.erpNote'), note],
  ];
}

/** @param {string | null} at */
function instant(at) {
  return at !== null && h(Time, { instant: at });
}

/** @param {OrderDetails['payments'][number]} payment @param {string} currency */
function paymentLine({ method, amount, paidAt }, currency) {
  return html`<div>${method || UNSAID} · ${money(amount, currency)}${paidAt !== null && [' · ', h(Time, { instant: paidAt })]}</div>`;
}
