import { h } from 'preact';
import { ListSwitch } from '../components/lists/list-switch.js';
import { LIST_NAMES, readRange } from '../components/lists/lists.js';
import { OrderList } from '../components/lists/order-list.js';
import { html } from '../html.js';
import { t } from '../language/words.js';
import { useStore } from '../state/store.js';
import { useFetched } from '../state/use-fetched.js';

/** @import { OrderCounts } from '../../list-messages.ts' */
/** @import { Fetched } from '../state/use-fetched.js' */

/** Orders by state and time, what must be stopped or checked, and every list as a file. The address says which. */
export function ListsView() {
  const { rest, query } = useStore(({ route }) => route);
  const name = LIST_NAMES.find((each) => each === rest) ?? 'today';
  const range = readRange(query);
  /** @type {Fetched<OrderCounts>} */
  const { answer, load } = useFetched('/api/order-counts');
  return html`
    <div class="column wide">
      <h2>${t('lists.title')}</h2>
      ${h(ListSwitch, { current: name, counts: answer })}
      ${h(OrderList, {
        key: `${name} ${query}`,
        name,
        range,
        counted: answer?.counts.conflicts ?? null,
        recount: load,
      })}
    </div>
  `;
}
