import { h } from 'preact';
import { filled, html } from '../../html.js';
import { consumptionWords } from '../../language/consumption.js';
import { t } from '../../language/words.js';
import { useStore } from '../../state/store.js';
import { Icon } from '../icon.js';
import { Ago, Time } from '../times.js';
import { PauseButton } from './pause-button.js';

/** @import { Consumption } from '../../../messages.ts' */

/** Running, paused …, in words and a shape. @param {{ consumption: Consumption, isKnown: boolean }} props */
export function StatusSign({ consumption, isKnown }) {
  const { state, since: instant } = consumption;
  const mayPause = useStore(({ session }) => session?.role === 'operator' && session.canPause);
  const shape = isKnown ? state : 'unknown';
  const since = filled(t('state.since'), { time: h(Time, { instant }), ago: h(Ago, { instant }) });
  return html`
    <section class="status">
      <div class="sign sign-${shape}">
        ${h(Icon, { name: shape })}
        <div>
          <p class="sign-word"><strong>${t(`state.${state}`)}</strong> <span class="since">${since}</span></p>
          <p class="sign-text">${consumptionWords(consumption)}</p>
        </div>
        ${mayPause && isKnown && h(PauseButton, { isHeld: consumption.pause !== undefined })}
      </div>
    </section>
  `;
}
