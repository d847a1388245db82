import { h } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { post } from '../../api.js';
import { html } from '../../html.js';
import { duration } from '../../language/format.js';
import { t } from '../../language/words.js';
import { Icon } from '../icon.js';

const MINUTE_MS = 60_000;
const MINUTES = [30, 60, 120, 240, 480];

/** Asks why and for how long before it pauses. @param {{ onClose: () => void }} props */
export function PauseDialog({ onClose }) {
  const dialog = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const [problem, setProblem] = useState('');
  useLayoutEffect(() => dialog.current?.showModal(), []);
  // Closing gives the focus back to the button that asked; Escape closes too.
  const close = () => dialog.current?.close();

  /** @param {SubmitEvent} event */
  const pause = async (event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    const reason = String(fields.get('reason')).trim();
    const minutes = Number(fields.get('minutes'));
    try {
      await post('/api/pause', { reason: reason || null, forMs: minutes === 0 ? null : minutes * MINUTE_MS });
      close();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return html`
    <dialog class="confirm" aria-labelledby="pause-title" ref=${dialog} onClose=${onClose}>
      <form onSubmit=${pause}>
        <h2 id="pause-title">${t('pause.title')}</h2>
        <p>${t('pause.text')}</p>
        <label for="pause-reason">${t('pause.reason')}</label>
        <input id="pause-reason" name="reason" type="text" maxlength="200" autocomplete="off" />
        <label for="pause-minutes">${t('pause.howLong')}</label>
        <select id="pause-minutes" name="minutes">
          <option value="0">${t('pause.untilResumed')}</option>
          ${MINUTES.map((n) => html`<option key=${n} value=${n}>${duration(n * MINUTE_MS)}</option>`)}
        </select>
        ${
          problem !== '' &&
          html`<p class="notice notice-bad" role="alert">${h(Icon, { name: 'warning' })}${t('app.failed', { error: problem })}</p>`
        }
        <div class="actions">
          <button type="button" onClick=${close}>${t('app.cancel')}</button>
          <button type="submit" class="primary">${t('pause.go')}</button>
        </div>
      </form>
    </dialog>
  `;
}
