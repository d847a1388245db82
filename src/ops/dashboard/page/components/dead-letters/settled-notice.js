import { h } from 'preact';
import { html } from '../../html.js';
import { sentences, t } from '../../language/words.js';
import { Icon } from '../icon.js';

/** @import { DeadLettersSettled } from '../../../messages.ts' */

/** What was done. @param {{ action: 'replay' | 'discard', settled: DeadLettersSettled }} props */
export function SettledNotice({ action, settled: { done, unmatched, error } }) {
  const text = sentences([
    t(action === 'replay' ? 'deadLetters.replayed' : 'deadLetters.discarded', { n: done }),
    unmatched.length > 0 && t('deadLetters.unmatched', { n: unmatched.length }),
    error !== undefined && t('deadLetters.stopped', { error }),
  ]);
  const isGood = error === undefined;
  return html`
    <p class="notice ${isGood ? 'notice-good' : 'notice-bad'}">${h(Icon, { name: isGood ? 'synced' : 'warning' })}${text}</p>
  `;
}
