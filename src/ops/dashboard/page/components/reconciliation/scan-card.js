import { h } from 'preact';
import { html } from '../../html.js';
import { duration } from '../../language/format.js';
import { sentences, t } from '../../language/words.js';
import { useStore } from '../../state/store.js';
import { Icon } from '../icon.js';
import { LastRun } from './last-run.js';

/** @import { ScanAnswer } from '../../../messages.ts' */

/** One kind of scan. @param {{ answer: ScanAnswer, run: (scan: ScanAnswer['scan']) => unknown }} props */
export function ScanCard({ answer: { scan, missing, everyMs, isRunning, lastRun }, run }) {
  const isOperator = useStore(({ session }) => session?.role === 'operator');
  const id = `scan-${scan}`;
  const text = sentences([
    t(`scan.${scan}.text`),
    everyMs === null ? t('scan.never') : t('scan.every', { time: duration(everyMs) }),
  ]);
  return html`
    <section class="card group" aria-labelledby=${id}>
      <header>
        <h3 id=${id}>${t(`scan.${scan}`)}</h3>
        <div class="actions">
          ${
            missing === null && isOperator
              ? runButton(isRunning, () => run(scan))
              : isRunning && html`<span class="soft">${t('scan.running')}</span>`
          }
        </div>
      </header>
      <p class="soft">${text}</p>
      ${missing !== null && html`<p class="notice">${t('scan.cannot', { missing })}</p>`}
      ${missing === null && lastRun === null && html`<p class="empty">${t('scan.none')}</p>`}
      ${missing === null && lastRun !== null && h(LastRun, { run: lastRun })}
    </section>
  `;
}

/** @param {boolean} isRunning @param {() => unknown} run */
function runButton(isRunning, run) {
  return html`
    <button type="button" class="primary" disabled=${isRunning} onClick=${run}>
      ${h(Icon, { name: 'retrying' })}${t(isRunning ? 'scan.running' : 'scan.run')}
    </button>
  `;
}
