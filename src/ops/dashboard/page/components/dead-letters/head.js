import { h } from 'preact';
import { html } from '../../html.js';
import { sentences, t } from '../../language/words.js';
import { useStore } from '../../state/store.js';
import { Icon } from '../icon.js';
import { ActionButtons } from './action-buttons.js';

/** @import { DeadLetterList } from '../../../list-messages.ts' */
/** @import { Act } from './action-buttons.js' */

/**
 * How many there are, and what can be done with all of them. Others may act too: then this says so, and the list stays as it
 * is under the reader's hand.
 *
 * @param {{ list: DeadLetterList, act: Act, refresh: () => unknown }} props
 */
export function DeadLettersHead({ list: { count, deadLetters }, act, refresh }) {
  const isWhole = deadLetters.length === count;
  const isNewer = useStore(({ snapshot }) => (snapshot?.figures.deadLetters ?? count) !== count);
  const more = sentences([
    count > 0 && !isWhole && t('deadLetters.partial', { n: deadLetters.length }),
    isNewer && t('deadLetters.newer'),
  ]);
  const wanted = isWhole ? { ids: deadLetters.map(({ id }) => id) } : /** @type {const} */ ({ all: true });
  return html`
    <div class="dead-letters-head">
      <p>${count > 0 && html`<strong>${t('deadLetters.count', { n: count })}</strong>`} ${more}</p>
      <div class="actions">
        <button type="button" onClick=${() => refresh()}>${h(Icon, { name: 'retrying' })}${t('deadLetters.refresh')}</button>
        ${count > 0 && h(ActionButtons, { wanted, n: count, act })}
      </div>
      ${count > 0 && h(WhyReadOnly, {})}
    </div>
  `;
}

function WhyReadOnly() {
  const session = useStore((state) => state.session);
  if (session === null || session.role === 'operator') return null;
  const text = t(session.asksForToken ? 'deadLetters.readOnly' : 'deadLetters.noToken');
  return html`<p class="notice">${text}</p>`;
}
