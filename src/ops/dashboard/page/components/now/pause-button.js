import { h } from 'preact';
import { useState } from 'preact/hooks';
import { post } from '../../api.js';
import { html } from '../../html.js';
import { t } from '../../language/words.js';
import { confirmed } from '../../state/confirm.js';
import { Failure } from '../notices.js';
import { PauseDialog } from './pause-dialog.js';

/** For operators: pauses all daemons of this shop, or has them go on. @param {{ isHeld: boolean }} props */
export function PauseButton({ isHeld }) {
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState(/** @returns {unknown} */ () => null);

  const resume = async () => {
    const question = { title: t('pause.resumeTitle'), text: t('pause.resumeText'), go: t('pause.resume') };
    if (!(await confirmed({ ...question, isGrave: false }))) return;
    try {
      await post('/api/resume');
      setProblem(null);
    } catch (error) {
      setProblem(error);
    }
  };
  return html`
    <div class="pause">
      ${
        isHeld
          ? html`<button key="resume" type="button" class="primary" onClick=${resume}>${t('pause.resume')}</button>`
          : html`<button key="pause" type="button" onClick=${() => setAsking(true)}>${t('pause.pause')}</button>`
      }
      ${problem !== null && h(Failure, { error: problem, again: resume })}
      ${isAsking && h(PauseDialog, { onClose: () => setAsking(false) })}
    </div>
  `;
}
