import { h } from 'preact';
import { html } from '../../html.js';
import { duration } from '../../language/format.js';
import { t } from '../../language/words.js';
import { Icon } from '../icon.js';
import { Time } from '../times.js';
import { stepTimes } from './step-times.js';

/** @import { ComponentChildren } from 'preact' */
/** @import { FoundOrder } from '../../../messages.ts' */

/** Received, fetched, written, acknowledged: each with its time. @param {{ order: FoundOrder }} props */
export function Progress({ order }) {
  const { state, stored } = order;
  const { receivedAt, fetchedAt, syncedAt, ackedAt } = stepTimes(order);
  const written = t(stored?.erp === undefined ? 'step.written' : 'step.delivered');
  return html`
    <ol class="way">
      ${h(Step, { name: t('step.received'), at: receivedAt, before: null })}
      ${h(Step, { name: t('step.fetched'), at: fetchedAt, before: receivedAt })}
      ${h(Step, { name: written, at: syncedAt, before: fetchedAt })}
      ${
        state === 'synced'
          ? h(Acknowledged, { ackedAt, syncedAt })
          : // Its event was acknowledged all the same, once it was safe elsewhere.
            html`
              <li class="step is-elsewhere">
                <span class="dot">${h(Icon, { name: state })}</span>
                <strong>${t(`step.${state}`)}</strong>
                <span>${ackedAt !== null && h(Time, { instant: ackedAt })}</span>
              </li>
            `
      }
    </ol>
  `;
}

/** @param {{ ackedAt: string | null, syncedAt: string | null }} props */
function Acknowledged({ ackedAt, syncedAt }) {
  const name = t('step.acked');
  // Of an order from before this start of the daemon only the write's time is known.
  if (ackedAt === null && syncedAt !== null) {
    return h(Step, { name, at: syncedAt, before: null, instead: t('step.afterWrite') });
  }
  return h(Step, { name, at: ackedAt, before: syncedAt });
}

/**
 * @param {{ name: string, at: string | null, before: string | null, instead?: ComponentChildren }} props `before`: when the step
 *   before was done; `instead` of the time
 */
function Step({ name, at, before, instead }) {
  const later = at !== null && before !== null ? Date.parse(at) - Date.parse(before) : -1;
  return html`
    <li class=${at === null ? 'step' : 'step is-done'}>
      <span class="dot">${h(Icon, { name: at === null ? 'discarded' : 'synced' })}</span>
      <strong>${name}</strong>
      <span>${instead ?? (at === null ? t('step.notYet') : h(Time, { instant: at }))}</span>
      <span class="soft">${later >= 0 && t('step.later', { time: duration(later) })}</span>
    </li>
  `;
}
