import { h } from 'preact';
import { useState } from 'preact/hooks';
import { get } from '../api.js';
import { ActivityRow } from '../components/activity/row.js';
import { Failure, Loading } from '../components/notices.js';
import { html } from '../html.js';
import { t } from '../language/words.js';
import { useFetched } from '../state/use-fetched.js';

/** @import { ActivityAnswer } from '../../activity-messages.ts' */
/** @import { Key } from '../language/words.js' */
/** @import { Fetched } from '../state/use-fetched.js' */

/** @type {readonly Key[]} */
const COLUMNS = ['activity.when', 'activity.who', 'activity.what', 'activity.orders', 'activity.undo'];

/** Who did what, for operators; and the way back from a discard. */
export function ActivityView() {
  /** @type {Fetched<ActivityAnswer>} */
  const { answer, error, load } = useFetched('/api/activity');
  return html`
    <div class="column wide">
      <h2>${t('activity.title')}</h2>
      <p class="soft">${t('activity.intro')}</p>
      ${error !== null && h(Failure, { error, again: load })}
      ${error === null && answer === null && h(Loading, {})}
      ${error === null && answer !== null && h(Entries, { key: answer.entries[0]?.id, newest: answer, reload: load })}
    </div>
  `;
}

/** @param {{ newest: ActivityAnswer, reload: () => Promise<unknown> }} props */
function Entries({ newest, reload }) {
  const [earlier, setEarlier] = useState(/** @returns {ActivityAnswer | null} */ () => null);
  const [problem, setProblem] = useState(/** @returns {unknown} */ () => null);
  const entries = [...newest.entries, ...(earlier?.entries ?? [])];
  if (!newest.isKept) return html`<p class="notice">${t('activity.notKept')}</p>`;
  if (entries.length === 0) return html`<p class="card">${t('activity.none')}</p>`;

  const showEarlier = async () => {
    try {
      /** @type {ActivityAnswer} */
      const answer = await get(`/api/activity?before=${encodeURIComponent(entries.at(-1)?.id ?? '')}`);
      setEarlier({ ...answer, entries: [...(earlier?.entries ?? []), ...answer.entries] });
      setProblem(null);
    } catch (cause) {
      setProblem(cause);
    }
  };

  return html`
    <div class="card activity-card">
      <table class="activity">
        <thead>
          <tr>${COLUMNS.map((key) => html`<th key=${key} scope="col">${t(key)}</th>`)}</tr>
        </thead>
        <tbody>${entries.map((entry) => h(ActivityRow, { key: entry.id, entry, reload }))}</tbody>
      </table>
      ${problem !== null && h(Failure, { error: problem, again: showEarlier })}
      ${
        (earlier ?? newest).hasMore &&
        html`<button type="button" class="more-rows" onClick=${showEarlier}>${t('activity.more')}</button>`
      }
    </div>
  `;
}
