import { html } from '../../html.js';
import { t } from '../../language/words.js';
import { CELLS, TITLES } from './cells.js';
import { LISTS } from './lists.js';

/** @import { ListedOrder } from '../../../list-messages.ts' */
/** @import { ListName } from './lists.js' */

/** @param {{ name: ListName, orders: readonly ListedOrder[] }} props */
export function OrderTable({ name, orders }) {
  const { columns } = LISTS[name];
  return html`
    <table class="order-list" aria-label=${t(`list.${name}`)}>
      <thead>
        <tr>${columns.map((column) => html`<th key=${column} scope="col" class="col-${column}">${t(TITLES[column])}</th>`)}</tr>
      </thead>
      <tbody>
        ${orders.map(
          (order, index) => html`
            <tr key=${`${order.orderNumber === null ? '?' : ''}${order.reference} ${index}`}>
              ${columns.map(
                (column) =>
                  html`<td key=${column} class="col-${column}" data-label=${t(TITLES[column])}>${CELLS[column](order)}</td>`,
              )}
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}
