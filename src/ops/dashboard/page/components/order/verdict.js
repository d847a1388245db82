import { h } from 'preact';
import { html } from '../../html.js';
import { time } from '../../language/times.js';
import { reasonWords, statusWords, t } from '../../language/words.js';
import { now } from '../../state/clock.js';
import { Icon } from '../icon.js';

/** @import { Conflict } from '../../../../../internal-system/conflicts.ts' */
/** @import { PendingCancellation } from '../../../../../internal-system/pending-cancellation.ts' */
/** @import { FoundContent, FoundOrder } from '../../../messages.ts' */

/** The answer in a word, above all whether somebody must stop the parcel. @param {{ order: FoundOrder }} props */
export function Verdict({ order }) {
  const { match, state, stored, attempts, lastError, syncedAt, nextAttemptAt, pendingCancellation } = order;
  const isGone = state === 'synced' && stored === null;
  const name = isGone ? 'gone' : state;
  // Where the order itself is, such an event does not say.
  const isPending = match === 'event' && state !== 'synced' && state !== 'undelivered';
  const title = t(isPending ? `pending.${state}` : `answer.${name}`);
  const text = t(`answer.${name}.text`, {
    n: attempts,
    reason: lastError === null ? '' : errorWords(lastError),
    time: syncedAt === null ? '?' : time(syncedAt),
  });
  return html`
    <div>
      ${pendingCancellation !== null && h(CancellationPending, { state: pendingCancellation, status: stored?.status ?? '' })}
      ${
        stored?.cancelConflict &&
        h(Conflicts, { conflicts: stored.conflicts ?? ['cancelled'], fulfilment: stored.fulfilmentStatus })
      }
      <div class="verdict verdict-${isGone ? 'dead-lettered' : state}">
        ${h(Icon, { name: isGone ? 'warning' : state })}
        <div>
          <h3>${title}</h3>
          ${stored?.status === 'cancelled' && html`<p><strong>${t('answer.cancelled')}</strong></p>`}
          ${stored?.status === 'on_hold' && html`<p><strong>${t('answer.on_hold')}</strong></p>`}
          <p>${text}</p>
          ${nextAttemptAt !== null && html`<p>${nextWords(nextAttemptAt)}</p>`}
          ${state !== 'synced' && stored !== null && html`<p>${heldWords(stored, lastError)}</p>`}
          ${state === 'dead-lettered' && html`<p><a href="#/dead-letters">${t('answer.toDeadLetters')}</a></p>`}
        </div>
      </div>
      ${stored?.totalsMismatch && html`<p class="notice">${t('answer.mismatch')}</p>`}
    </div>
  `;
}

/** @param {{ state: PendingCancellation, status: string }} props */
function CancellationPending({ state, status }) {
  const text =
    state === 'undelivered' ? t('answer.uncancelledErp') : t('answer.uncancelledText', { status: statusWords(status) });
  return html`
    <div class="verdict verdict-bad" role="alert">
      ${h(Icon, { name: 'warning' })}
      <div><h3>${t('answer.uncancelled')}</h3><p><strong>${text}</strong></p></div>
    </div>
  `;
}

/** @param {{ conflicts: readonly Conflict[], fulfilment: string }} props */
function Conflicts({ conflicts, fulfilment }) {
  return html`
    <div class="verdict verdict-bad" role="alert">
      ${h(Icon, { name: 'warning' })}
      <div>
        <h3>${t('answer.conflict')}</h3>
        <p>${conflicts.map((conflict) => html`<strong>${t(`conflict.${conflict}`)}</strong><br />`)}</p>
        <p>${t('answer.conflictText', { fulfilment })}</p>
      </div>
    </div>
  `;
}

/** @param {string} at */
function nextWords(at) {
  return Date.parse(at) > now() ? t('answer.next', { time: time(at) }) : t('answer.nextIsDue');
}

/** `reason: message` of the ledger → the reason in the reader's words. @param {string} lastError */
function errorWords(lastError) {
  const reason = reasonOf(lastError);
  return reason === undefined ? lastError : reasonWords(reason);
}

/** @param {FoundContent} stored @param {string | null} lastError */
function heldWords({ erp }, lastError) {
  if (erp === undefined || erp.revision === erp.deliveredRevision) return t(`answer.${heldAfter(lastError)}`);
  if (erp.isUncertain) return t('answer.inErpOrNot');
  return t(erp.deliveredRevision === null ? 'answer.notInErp' : 'answer.olderInErp');
}

/** What the internal system holds of an order whose event failed like this. @param {string | null} lastError */
function heldAfter(lastError) {
  const reason = reasonOf(lastError);
  if (reason === 'not_yet_paid' || reason === 'not_yet_cancelled') return 'asShown';
  return reason === 'shop_shows_older' ? 'newer' : 'older';
}

/** @param {string | null} lastError */
function reasonOf(lastError) {
  return /^([a-z_]+): /.exec(lastError ?? '')?.[1];
}
