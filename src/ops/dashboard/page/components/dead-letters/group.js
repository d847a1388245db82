import { h } from 'preact';
import { useState } from 'preact/hooks';
import { html } from '../../html.js';
import { number } from '../../language/format.js';
import { reasonWords, t, todoWords } from '../../language/words.js';
import { ActionButtons } from './action-buttons.js';
import { DeadLetterRow } from './row.js';

/** @import { DeadLetterList } from '../../../list-messages.ts' */
/** @import { Key } from '../../language/words.js' */
/** @import { Act } from './action-buttons.js' */

const ROWS_AT_FIRST = 10;
/** @type {readonly Key[]} */
const COLUMNS = [
  'deadLetters.order',
  'deadLetters.event',
  'deadLetters.attempts',
  'deadLetters.failed',
  'deadLetters.action',
];

/**
 * Those that failed for one reason, and what to do about it.
 *
 * @param {{ reason: string, deadLetters: DeadLetterList['deadLetters'], isWhole: boolean, act: Act }} props `isWhole`: these
 *   are all there are
 */
export function DeadLetterGroup({ reason, deadLetters, isWhole, act }) {
  const [limit, setLimit] = useState(ROWS_AT_FIRST);
  const n = deadLetters.length;
  const id = `reason-${reason}`;
  const wanted = isWhole ? { ids: deadLetters.map((deadLetter) => deadLetter.id) } : { reason };
  return html`
    <section class="card group" aria-labelledby=${id}>
      <header>
        <h3 id=${id}><span class="count">${number(n)}</span> ${reasonWords(reason)}</h3>
        <div class="actions">${n > 1 && h(ActionButtons, { wanted, n, act })}</div>
      </header>
      <p class="todo"><strong>${t('deadLetters.todo')}</strong> ${todoWords(reason)}</p>
      <table class="dead-letters">
        <thead>
          <tr>${COLUMNS.map((key) => html`<th key=${key} scope="col">${t(key)}</th>`)}</tr>
        </thead>
        <tbody>
          ${deadLetters.slice(0, limit).map((deadLetter) => h(DeadLetterRow, { key: deadLetter.id, deadLetter, act }))}
        </tbody>
      </table>
      ${
        n > limit &&
        html`<button type="button" class="more-rows" onClick=${() => setLimit(Infinity)}>${t('app.showAll', { n })}</button>`
      }
    </section>
  `;
}
