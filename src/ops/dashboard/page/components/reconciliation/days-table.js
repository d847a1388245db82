import { h } from 'preact';
import { html } from '../../html.js';
import { money, number } from '../../language/format.js';
import { t } from '../../language/words.js';
import { Icon } from '../icon.js';
import { ScrollTable } from '../table.js';

/** @import { ScanSummary } from '../../../messages.ts' */

/** Orders and amounts of each day, on both sides. @param {{ days: ScanSummary['days'] }} props */
export function DaysTable({ days }) {
  return html`
    <h4>${t('days.title')}</h4>
    ${h(
      ScrollTable,
      { label: t('days.title') },
      html`
        <thead>
          <tr>
            <th scope="col">${t('days.day')}</th>
            <th scope="col" class="num">${t('days.shopOrders')}</th>
            <th scope="col" class="num">${t('days.amount')}</th>
            <th scope="col" class="num">${t('days.internalOrders')}</th>
            <th scope="col" class="num">${t('days.amount')}</th>
            <th scope="col">${t('days.verdict')}</th>
          </tr>
        </thead>
        <tbody>${days.map((day) => h(DayRow, { key: `${day.day} ${day.currency}`, day }))}</tbody>
      `,
    )}
  `;
}

/** @param {{ day: ScanSummary['days'][number] }} props */
function DayRow({ day: { day, currency, shop, internalSystem } }) {
  const isSame = shop.orders === internalSystem.orders && shop.total === internalSystem.total;
  return html`
    <tr>
      <td>${day}</td>
      <td class="num">${number(shop.orders)}</td>
      <td class="num">${money(shop.total, currency)}</td>
      <td class="num">${number(internalSystem.orders)}</td>
      <td class="num">${money(internalSystem.total, currency)}</td>
      <td>
        <span class=${isSame ? 'same' : 'differ'}>
          ${h(Icon, { name: isSame ? 'synced' : 'warning' })}${t(isSame ? 'days.same' : 'days.differ')}
        </span>
      </td>
    </tr>
  `;
}
