import { h } from 'preact';
import { html } from '../../html.js';
import { number } from '../../language/format.js';
import { t } from '../../language/words.js';
import { Facts } from '../facts.js';
import { Progress } from './progress.js';
import { Shipments } from './shipments.js';
import { StoredOrder } from './stored-order.js';
import { Verdict } from './verdict.js';

/** @import { FoundOrder } from '../../../messages.ts' */

/**
 * All that is known of one order: the answer, its progress, the order itself.
 *
 * @param {{ order: FoundOrder, name: string, isOneOfSeveral: boolean }} props `name`: what was asked for
 */
export function OrderCard({ order, name, isOneOfSeveral }) {
  const {
    match,
    orderNumber,
    reference,
    shopOrderId,
    lastEvent,
    attempts,
    lastError,
    state,
    stored,
    details,
    shipments,
    pendingCancellation,
  } = order;
  return html`
    <article class="card order-card">
      <p class="order-name">${orderNumber ?? reference}</p>
      ${
        (isOneOfSeveral || match === 'former-number' || match === 'event') &&
        html`<p class="soft">${t(`match.${match}`, { name })}</p>`
      }
      ${h(Verdict, { order })}
      <h4>${t('order.progress')}</h4>
      ${h(Progress, { order })}
      ${h(Facts, {
        rows: [
          orderNumber !== null && orderNumber !== reference && [t('order.number'), orderNumber],
          shopOrderId !== null && [t('order.shopId'), shopOrderId],
          [t('order.lastEvent'), t(`event.${lastEvent}`)],
          attempts > 0 && [t('order.attempts'), number(attempts)],
          lastError !== null && state !== 'synced' && [t('order.lastError'), html`<code>${lastError}</code>`],
        ],
      })}
      ${shipments.length > 0 && h(Shipments, { shipments })}
      ${stored !== null && h(StoredOrder, { stored, details, isCancelling: pendingCancellation !== null })}
    </article>
  `;
}
