import { html } from '../../html.js';
import { t } from '../../language/words.js';
import { setState } from '../../state/store.js';

/** @typedef {'hour' | 'day'} Range */

/** @type {readonly Range[]} */
const RANGES = ['hour', 'day'];

/** How far back the charts go; remembered while another section is shown. @param {{ range: Range }} props */
export function RangeSwitch({ range }) {
  const choice = (/** @type {Range} */ each) => html`
    <label key=${each}>
      <input type="radio" name="range" value=${each} checked=${each === range} onChange=${() => setState({ range: each })} />
      <span>${t(`chart.${each}`)}</span>
    </label>
  `;
  return html`
    <fieldset class="switch"><legend class="unseen">${t('chart.range')}</legend>${RANGES.map(choice)}</fieldset>
  `;
}
