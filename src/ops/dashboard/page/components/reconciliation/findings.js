import { h } from 'preact';
import { useState } from 'preact/hooks';
import { html } from '../../html.js';
import { statusWords, t } from '../../language/words.js';
import { orderLink } from '../../state/route.js';
import { ScrollTable } from '../table.js';

/** @import { ScanSummary } from '../../../messages.ts' */

const ROWS_AT_FIRST = 10;

/** The orders that differ: the first ones, all of them on request. @param {{ findings: ScanSummary['findings'] }} props */
export function Findings({ findings }) {
  const [limit, setLimit] = useState(ROWS_AT_FIRST);
  const n = findings.length;
  return html`
    <h4>${t('scan.findings')}</h4>
    ${h(
      ScrollTable,
      { label: t('scan.findings') },
      html`
        <thead>
          <tr>
            <th scope="col">${t('scan.order')}</th>
            <th scope="col">${t('scan.status')}</th>
            <th scope="col">${t('scan.problem')}</th>
            <th scope="col">${t('scan.event')}</th>
          </tr>
        </thead>
        <tbody>
          ${findings.slice(0, limit).map(
            ({ orderNumber, status, problem, event, here, detail }) => html`
              <tr key=${orderNumber}>
                <td><a href=${orderLink(orderNumber)}>${orderNumber}</a></td>
                <td>${status === null ? '–' : statusWords(status)}</td>
                <td title=${detail}>${t(`problem.${problem}`)}${here !== undefined && ` (${statusWords(here.status)})`}</td>
                <td>${t(`finding.${event}`)}</td>
              </tr>
            `,
          )}
        </tbody>
      `,
    )}
    ${
      n > limit &&
      html`<button type="button" class="more-rows" onClick=${() => setLimit(Infinity)}>${t('app.showAll', { n })}</button>`
    }
  `;
}
