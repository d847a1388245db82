import { h } from 'preact';
import { html } from '../../html.js';
import { sentences, t } from '../../language/words.js';
import { useStore } from '../../state/store.js';
import { Icon } from '../icon.js';
import { Failure, Loading } from '../notices.js';
import { ClosingHelp } from './closing-help.js';
import { ExportLink } from './export-link.js';
import { listQuery } from './lists.js';
import { OrderTable } from './order-table.js';
import { RangeForm } from './range-form.js';
import { useOrderList } from './use-order-list.js';

/** @import { ListName, Range } from './lists.js' */
/** @import { Shown } from './use-order-list.js' */

/**
 * One list. Others may change it meanwhile: then this says so, and the list stays as it is under the reader's hand.
 *
 * @param {{ name: ListName, range: Range, counted: number | null, recount: () => unknown }} props `counted`: how many there
 *   were when the list was read
 */
export function OrderList({ name, range, counted, recount }) {
  const query = listQuery(name, range);
  const { list, error, load, more } = useOrderList(query.toString());
  const refresh = () => Promise.all([load(), recount()]);
  const isNewer = useStore(({ snapshot }) => {
    const conflicts = snapshot?.figures.conflicts ?? null;
    return name === 'conflicts' && counted !== null && conflicts !== null && conflicts !== counted;
  });
  return html`
    <p class="soft">${t(`list.${name}.text`)}</p>
    ${name === 'dead-lettered' && html`<p class="soft"><a href="#/dead-letters">${t('answer.toDeadLetters')}</a> · ${t('lists.nameless')}</p>`}
    ${name !== 'today' && h(RangeForm, { key: `${range.from} ${range.to}`, name, range })}
    <div class="list-head">
      <p role="status">${list !== null && sentences([summary(list), isNewer && t('deadLetters.newer')])}</p>
      <div class="actions">
        <button type="button" onClick=${refresh}>${h(Icon, { name: 'retrying' })}${t('deadLetters.refresh')}</button>
        ${h(ExportLink, { name, query })}
      </div>
    </div>
    ${error !== null && h(Failure, { error, again: load })}
    ${list === null && error === null && h(Loading, {})}
    ${list !== null && list.orders.length > 0 && h(OrderTable, { name, orders: list.orders })}
    ${list?.next != null && html`<button type="button" class="more-rows" onClick=${more}>${t('lists.more')}</button>`}
    ${name === 'conflicts' && h(ClosingHelp, {})}
  `;
}

/** @param {Shown} list */
function summary({ orders: { length: n }, next, hasMore }) {
  if (n === 0) return t('lists.none');
  const text = t(hasMore ? 'lists.shownOfMore' : 'lists.shown', { n });
  return hasMore && next === null ? `${text} · ${t('lists.noFurther')}` : text;
}
