import { h } from 'preact';
import { useState } from 'preact/hooks';
import { html } from '../../html.js';
import { number } from '../../language/format.js';
import { t } from '../../language/words.js';
import { orderLink } from '../../state/route.js';
import { PersonalValue } from '../facts.js';
import { Ago } from '../times.js';
import { ActionButtons } from './action-buttons.js';
import { DeadLetterMessage } from './message.js';

/** @import { DeadLetterList } from '../../../list-messages.ts' */
/** @import { Act } from './action-buttons.js' */

/**
 * One of them, and the row below it that opens.
 *
 * @param {{ deadLetter: DeadLetterList['deadLetters'][number], act: Act }} props
 */
export function DeadLetterRow({ deadLetter: { id, order, event, attempts, lastFailedAt, error, excerpt }, act }) {
  const [isOpen, setOpen] = useState(false);
  const name = order ?? t('deliveries.nameless');
  const action = t(isOpen ? 'deadLetters.hide' : 'deadLetters.show');
  return html`
    <tr>
      <td class="order" data-label=${t('deadLetters.order')}>
        ${order === null ? html`<span class="soft">${name}</span>` : html`<a href=${orderLink(order)}>${order}</a>`}
        ${excerpt !== null && html`<p class="excerpt">${h(PersonalValue, { value: excerpt })}</p>`}
        ${error !== null && html`<p class="soft">${error}</p>`}
      </td>
      <td data-label=${t('deadLetters.event')}>${event === null ? '–' : t(`event.${event}`)}</td>
      <td data-label=${t('deadLetters.attempts')}>${attempts === null ? '–' : number(attempts)}</td>
      <td data-label=${t('deadLetters.failed')}>
        ${lastFailedAt === null ? '–' : h(Ago, { instant: lastFailedAt })}
      </td>
      <td class="actions">
        <button
          type="button"
          aria-expanded=${isOpen}
          aria-label=${t('app.labelled', { action, what: name })}
          onClick=${() => setOpen(!isOpen)}
        >
          ${action}
        </button>
        ${h(ActionButtons, { wanted: { ids: [id] }, n: 1, act, what: name })}
      </td>
    </tr>
    ${isOpen && html`<tr class="details"><td colspan="5">${h(DeadLetterMessage, { id })}</td></tr>`}
  `;
}
