import { h } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { post } from '../api.js';
import { Failure, Loading } from '../components/notices.js';
import { ScanCard } from '../components/reconciliation/scan-card.js';
import { html } from '../html.js';
import { t } from '../language/words.js';
import { useFetched } from '../state/use-fetched.js';

/** @import { ReconciliationAnswer, ScanAnswer } from '../../messages.ts' */
/** @import { Fetched } from '../state/use-fetched.js' */

const LOOK_AGAIN_MS = 1_500;

/** What reconciliation found the last time, and a button to run it now. */
export function ReconciliationView() {
  /** @type {Fetched<ReconciliationAnswer>} */
  const { answer, error, load } = useFetched('/api/reconciliation');
  const [problem, setProblem] = useState(/** @returns {unknown} */ () => null);

  // Until a running scan has ended.
  useEffect(() => {
    if (!answer?.scans.some(({ isRunning }) => isRunning)) return;
    const timer = setTimeout(load, LOOK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [answer]);

  const run = async (/** @type {ScanAnswer['scan']} */ scan) => {
    try {
      await post('/api/reconciliation/run', { scan });
      setProblem(null);
    } catch (cause) {
      setProblem(cause);
    }
    await load();
  };

  return html`
    <div class="column wide">
      <h2>${t('reconciliation.title')}</h2>
      <p class="soft">${t('reconciliation.intro')}</p>
      <div role="status">${problem !== null && h(Failure, { error: problem, again: () => setProblem(null) })}</div>
      <div class="groups">
        ${error !== null && h(Failure, { error, again: load })}
        ${error === null && answer === null && h(Loading, {})}
        ${error === null && answer?.scans.map((scan) => h(ScanCard, { key: scan.scan, answer: scan, run }))}
      </div>
    </div>
  `;
}
