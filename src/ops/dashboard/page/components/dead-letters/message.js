import { h } from 'preact';
import { html } from '../../html.js';
import { t } from '../../language/words.js';
import { useFetched } from '../../state/use-fetched.js';
import { Facts, PersonalValue } from '../facts.js';
import { Failure, Loading } from '../notices.js';
import { Time } from '../times.js';

/** @import { DeadLetterDetails } from '../../../messages.ts' */
/** @import { Fetched } from '../../state/use-fetched.js' */

/** A dead letter's message as it was published, and why it failed. @param {{ id: string }} props */
export function DeadLetterMessage({ id }) {
  /** @type {Fetched<DeadLetterDetails>} */
  const { answer, error, load } = useFetched(`/api/dead-letters/${encodeURIComponent(id)}`);
  if (error !== null) return h(Failure, { error, again: load });
  if (answer === null) return h(Loading, {});
  const { bytes, isText, isCut, content } = answer;
  const notes = [
    t('deadLetters.content'),
    t('deadLetters.bytes', { n: bytes }),
    !isText && t('deadLetters.base64'),
    isCut && t('deadLetters.cut'),
  ];
  return h(Facts, {
    rows: [
      [t('deadLetters.error'), answer.error ?? '–'],
      [t('deadLetters.published'), instant(answer.publishedAt)],
      [t('deadLetters.first'), instant(answer.firstFailedAt)],
      [t('deadLetters.failed'), instant(answer.lastFailedAt)],
      [notes.filter(Boolean).join(' · '), html`<pre tabindex="0">${h(PersonalValue, { value: content })}</pre>`],
    ],
  });
}

/** @param {string | null} at */
function instant(at) {
  return at === null ? '–' : h(Time, { instant: at });
}
