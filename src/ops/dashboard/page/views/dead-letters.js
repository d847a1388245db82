import { h } from 'preact';
import { useState } from 'preact/hooks';
import { post } from '../api.js';
import { DeadLetterGroup } from '../components/dead-letters/group.js';
import { DeadLettersHead } from '../components/dead-letters/head.js';
import { SettledNotice } from '../components/dead-letters/settled-notice.js';
import { Icon } from '../components/icon.js';
import { Failure, Loading } from '../components/notices.js';
import { html } from '../html.js';
import { t } from '../language/words.js';
import { confirmed } from '../state/confirm.js';
import { useFetched } from '../state/use-fetched.js';

/** @import { DeadLetterList } from '../../list-messages.ts' */
/** @import { DeadLettersSettled } from '../../messages.ts' */
/** @import { Act } from '../components/dead-letters/action-buttons.js' */
/** @import { Fetched } from '../state/use-fetched.js' */
/** @typedef {{ action: 'replay' | 'discard', settled: DeadLettersSettled } | { error: unknown } | 'busy' | null} Result */

/** The events that need a person: grouped by reason, with what to do. */
export function DeadLettersView() {
  /** @type {Fetched<DeadLetterList>} */
  const { answer, error, load } = useFetched('/api/dead-letters');
  const [result, setResult] = useState(/** @returns {Result} */ () => null);

  /** @type {Act} */
  const act = async (action, wanted, n) => {
    if (!(await confirmed(question(action, n, answer?.canRestore !== false)))) return;
    setResult('busy');
    try {
      setResult({ action, settled: await post(`/api/dead-letters/${action}`, wanted) });
    } catch (cause) {
      setResult({ error: cause });
    }
    await load();
  };

  return html`
    <div class="column wide">
      <h2>${t('deadLetters.title')}</h2>
      <p class="soft">${t('deadLetters.intro')}</p>
      ${answer !== null && h(DeadLettersHead, { list: answer, act, refresh: load })}
      <div role="status">${resultNotice(result, () => setResult(null))}</div>
      <div class="groups">${groups(answer, error, load, act)}</div>
    </div>
  `;
}

/** @param {Result} result @param {() => void} dismiss */
function resultNotice(result, dismiss) {
  if (result === null) return null;
  if (result === 'busy') return h(Loading, {});
  return 'error' in result ? h(Failure, { error: result.error, again: dismiss }) : h(SettledNotice, result);
}

/** @param {DeadLetterList | null} list @param {unknown} error @param {() => unknown} load @param {Act} act */
function groups(list, error, load, act) {
  if (error !== null) return h(Failure, { error, again: load });
  if (list === null) return h(Loading, {});
  if (list.count === 0) return h(NoDeadLetters, {});
  const isWhole = list.deadLetters.length === list.count;
  const byReason = [...Map.groupBy(list.deadLetters, ({ reason }) => reason)];
  return byReason
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([reason, deadLetters]) => h(DeadLetterGroup, { key: reason, reason, deadLetters, isWhole, act }));
}

function NoDeadLetters() {
  return html`
    <div class="card verdict verdict-synced">
      ${h(Icon, { name: 'synced' })}
      <div><h3>${t('deadLetters.none')}</h3><p>${t('deadLetters.noneText')}</p></div>
    </div>
  `;
}

/** @param {'replay' | 'discard'} action @param {number} n @param {boolean} canRestore */
function question(action, n, canRestore) {
  return action === 'discard'
    ? {
        title: t('deadLetters.confirmDiscard', { n }),
        text: t(canRestore ? 'deadLetters.confirmDiscardText' : 'deadLetters.confirmDiscardForGood', { n }),
        go: t('deadLetters.discard'),
        isGrave: true,
      }
    : {
        title: t('deadLetters.confirmReplay', { n }),
        text: t('deadLetters.confirmReplayText', { n }),
        go: t('deadLetters.replay'),
        isGrave: false,
      };
}
