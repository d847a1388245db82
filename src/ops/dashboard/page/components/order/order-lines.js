import { h } from 'preact';
import { html } from '../../html.js';
import { money, number, UNSAID } from '../../language/format.js';
import { isKey, t } from '../../language/words.js';
import { ScrollTable } from '../table.js';

/** @import { FoundContent, OrderDetails } from '../../../messages.ts' */

/** @param {{ title: string, lines: FoundContent['lines'], currency: string, details: OrderDetails | null }} props */
export function OrderLines({ title, lines, currency, details }) {
  const sums = details === null ? [] : sumsOf(details);
  return h(
    ScrollTable,
    { label: title, class: 'lines' },
    html`
      <thead>
        <tr>
          <th scope="col" class="num">${t('order.quantity')}</th>
          <th scope="col">${t('order.name')}</th>
          <th scope="col">${t('order.sku')}</th>
          <th scope="col" class="num">${t('order.unitPrice')}</th>
          <th scope="col" class="num">${t('order.lineTotal')}</th>
        </tr>
      </thead>
      <tbody>
        ${lines.map(
          ({ sku, name, quantity, unitPrice, lineTotal }) => html`
            <tr>
              <td class="num">${number(quantity)} ×</td>
              <td>${name || UNSAID}</td>
              <td class="soft">${sku || UNSAID}</td>
              <td class="num" data-label=${t('order.unitPrice')}>${money(unitPrice, currency)}</td>
              <td class="num">${money(lineTotal, currency)}</td>
            </tr>
          `,
        )}
      </tbody>
      <tfoot>
        ${sums.map(
          ([name, sum]) => html`
            <tr class=${name === 'grand' ? 'grand' : null}>
              <th scope="row" colspan="4">${sumWords(name)}</th>
              <td class="num">${money(sum, currency)}</td>
            </tr>
          `,
        )}
      </tfoot>
    `,
  );
}

/** In the order in which they add up. @param {OrderDetails} details @returns {[name: string, sum: string | null][]} */
function sumsOf({ totals: { refunded, grand, ...parts }, adjustments }) {
  /** @type {[string, string | null][]} */
  const sums = [
    ...Object.entries(parts),
    ...adjustments.map(({ kind, amount }) => /** @type {[string, string]} */ ([kind, amount])),
    ['refunded', refunded],
  ];
  return [...sums.filter(([, sum]) => Number(sum) !== 0), ['grand', grand]];
}

/** @param {string} name */
function sumWords(name) {
  const key = `sum.${name}`;
  return isKey(key) ? t(key) : name;
}
