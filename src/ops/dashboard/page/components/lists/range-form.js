import { html } from '../../html.js';
import { t } from '../../language/words.js';
import { LISTS, listLink } from './lists.js';

/** @import { ListName, Range } from './lists.js' */

/** From which day to which. @param {{ name: ListName, range: Range }} props */
export function RangeForm({ name, range }) {
  /** @param {SubmitEvent} event */
  const go = (event) => {
    event.preventDefault();
    const fields = new FormData(/** @type {HTMLFormElement} */ (event.target));
    location.hash = listLink(name, { from: String(fields.get('from')), to: String(fields.get('to')) });
  };
  const { by } = LISTS[name].criteria;
  const what = t(by === 'placed' ? 'lists.byPlaced' : 'lists.byActivity');
  return html`
    <form class="range" aria-label=${what} onSubmit=${go}>
      <span class="soft">${what}</span>
      <label>${t('lists.from')} <input type="date" name="from" defaultValue=${range.from} max="9999-12-31" /></label>
      <label>${t('lists.to')} <input type="date" name="to" defaultValue=${range.to} max="9999-12-31" /></label>
      <button type="submit">${t('lists.apply')}</button>
      ${(range.from !== '' || range.to !== '') && html`<a href=${listLink(name)}>${t('lists.anyTime')}</a>`}
    </form>
  `;
}
