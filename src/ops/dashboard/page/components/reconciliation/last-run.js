import { h } from 'preact';
import { filled, html } from '../../html.js';
import { duration } from '../../language/format.js';
import { t } from '../../language/words.js';
import { Icon } from '../icon.js';
import { Ago, Time } from '../times.js';
import { DaysTable } from './days-table.js';
import { Findings } from './findings.js';

/** @import { ScanSummary } from '../../../messages.ts' */

/** Do both sides agree? If not, where they differ. @param {{ run: ScanSummary }} props */
export function LastRun({ run }) {
  const { startedAt, finishedAt, compared, found, known, newer, unreadable, error, findings, days } = run;
  const problems = [
    found > 0 && t('scan.found', { n: found }),
    known > 0 && t('scan.known', { n: known }),
    newer > 0 && t('scan.newer', { n: newer }),
    unreadable > 0 && t('scan.unreadable', { n: unreadable }),
    error !== null && t('scan.stopped', { error }),
  ].filter((text) => text !== false);
  const isGood = problems.length === 0;
  const isHealing = error === null && known + newer + unreadable === 0;
  const when = filled(t('scan.last'), {
    time: h(Time, { instant: finishedAt }),
    ago: h(Ago, { instant: finishedAt }),
    took: duration(Date.parse(finishedAt) - Date.parse(startedAt)),
  });
  return html`
    <div class="verdict verdict-${isGood ? 'synced' : isHealing ? 'retrying' : 'dead-lettered'}">
      ${h(Icon, { name: isGood ? 'synced' : 'warning' })}
      <div>
        ${(isGood ? [t('scan.agree')] : problems).map((text) => html`<h4>${text}</h4>`)}
        <p class="soft">${t('scan.compared', { n: compared })} · ${when}</p>
      </div>
    </div>
    ${days.length > 0 && h(DaysTable, { days })}
    ${findings.length > 0 && h(Findings, { findings })}
  `;
}
