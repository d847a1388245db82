import { h } from 'preact';
import { useState } from 'preact/hooks';
import { post } from '../../api.js';
import { html } from '../../html.js';
import { isKey, reasonWords, sentences, t } from '../../language/words.js';
import { confirmed } from '../../state/confirm.js';
import { useFetched } from '../../state/use-fetched.js';
import { Failure, Loading } from '../notices.js';

/** @import { RestorableAnswer, Restored } from '../../../activity-messages.ts' */
/** @import { Fetched } from '../../state/use-fetched.js' */
/** @typedef {Restored | { error: unknown, done?: never } | null} Result */

/** What one action discarded and can be brought back. @param {{ id: string, reload: () => Promise<unknown> }} props */
export function Restorable({ id, reload }) {
  /** @type {Fetched<RestorableAnswer>} */
  const { answer, error, load } = useFetched(`/api/activity/${encodeURIComponent(id)}`);
  const [result, setResult] = useState(/** @returns {Result} */ () => null);
  if (error !== null) return h(Failure, { error, again: load });
  if (answer === null) return h(Loading, {});

  /** @param {string[] | undefined} ids @param {number} n */
  const restore = async (ids, n) => {
    const title = t('activity.confirmRestore', { n });
    const text = t('activity.confirmRestoreText', { n });
    if (!(await confirmed({ title, text, go: t('activity.restore'), isGrave: false }))) return;
    try {
      setResult(await post('/api/activity/restore', { entry: id, ...(ids === undefined ? {} : { ids }) }));
    } catch (cause) {
      setResult({ error: cause });
    }
    await load();
  };

  const { deadLetters } = answer;
  const n = deadLetters.length;
  return html`
    <div role="status">${result !== null && h(ResultNotice, { result, dismiss: () => setResult(null), reload })}</div>
    ${n === 0 && result === null && html`<p class="soft">${t('activity.gone')}</p>`}
    ${
      n > 1 &&
      html`<button type="button" onClick=${() => restore(undefined, n)}>${t('activity.restoreAll', { n })}</button>`
    }
    <ul class="restorable">
      ${deadLetters.map((deadLetter) => h(RestorableItem, { key: deadLetter.id, deadLetter, restore }))}
    </ul>
  `;
}

/**
 * @param {{ deadLetter: RestorableAnswer['deadLetters'][number], restore: (ids: string[], n: number) => unknown }} props
 */
function RestorableItem({ deadLetter: { id, order, event, reason, bytes, content }, restore }) {
  const name = order ?? t('deliveries.nameless');
  const key = `event.${event}`;
  return html`
    <li>
      <div>
        <p><strong>${name}</strong>${event !== null && ` · ${isKey(key) ? t(key) : event}`} · ${reasonWords(reason)}</p>
        ${
          content !== null &&
          html`<p class="soft">${t('deadLetters.content')} · ${t('deadLetters.bytes', { n: bytes })}</p><pre tabindex="0">${content}</pre>`
        }
      </div>
      <button
        type="button"
        aria-label=${t('app.labelled', { action: t('activity.restore'), what: name })}
        onClick=${() => restore([id], 1)}
      >
        ${t('activity.restore')}
      </button>
    </li>
  `;
}

/** @param {{ result: NonNullable<Result>, dismiss: () => void, reload: () => Promise<unknown> }} props */
function ResultNotice({ result, dismiss, reload }) {
  if (result.done === undefined) return h(Failure, { error: result.error, again: dismiss });
  const { done, error } = result;
  const text = sentences([
    t('activity.restored', { n: done }),
    error !== undefined && t('deadLetters.stopped', { error }),
  ]);
  return html`
    <p class="notice ${error === undefined ? 'notice-good' : 'notice-bad'}">
      ${text}<button type="button" onClick=${() => reload()}>${t('deadLetters.refresh')}</button>
    </p>
  `;
}
