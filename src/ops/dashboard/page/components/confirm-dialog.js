import { h } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { html } from '../html.js';
import { t } from '../language/words.js';
import { useStore } from '../state/store.js';

/** @import { Question } from '../state/store.js' */

/** Shown while there is a question; see state/confirm.js. */
export function ConfirmDialog() {
  const question = useStore((state) => state.question);
  return question && h(Dialog, { question });
}

/** @param {{ question: Question }} props */
function Dialog({ question: { title, text, go, isGrave, answer } }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => dialog.current?.showModal(), []);
  // Closing gives the focus back to the button that asked; Escape closes too.
  const close = (/** @type {'yes' | 'no'} */ value) => () => dialog.current?.close(value);
  const onClose = () => answer(dialog.current?.returnValue === 'yes');
  return html`
    <dialog class="confirm" aria-labelledby="confirm-title" ref=${dialog} onClose=${onClose}>
      <h2 id="confirm-title">${title}</h2>
      <p>${text}</p>
      <div class="actions">
        <button type="button" onClick=${close('no')}>${t('app.cancel')}</button>
        <button type="button" class=${isGrave ? 'grave' : 'primary'} onClick=${close('yes')}>${go}</button>
      </div>
    </dialog>
  `;
}
