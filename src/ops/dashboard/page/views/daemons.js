import { h } from 'preact';
import { useEffect } from 'preact/hooks';
import { DaemonsTable } from '../components/daemons/daemons-table.js';
import { Failure, Loading } from '../components/notices.js';
import { html } from '../html.js';
import { t } from '../language/words.js';
import { useFetched } from '../state/use-fetched.js';

/** @import { DaemonsAnswer } from '../../messages.ts' */
/** @import { Fetched } from '../state/use-fetched.js' */

const LOOK_AGAIN_MS = 3_000;

/** Which daemons there are, of every shop, and which of them is stuck. */
export function DaemonsView() {
  /** @type {Fetched<DaemonsAnswer>} */
  const { answer, error, load } = useFetched('/api/daemons');
  useEffect(() => {
    const timer = setInterval(load, LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [load]);
  return html`
    <div class="column full">
      <h2>${t('daemons.title')}</h2>
      <p class="soft">${t('daemons.intro')}</p>
      ${error !== null && h(Failure, { error, again: load })}
      ${error === null && answer === null && h(Loading, {})}
      ${answer !== null && h(Shops, { answer })}
    </div>
  `;
}

/** @param {{ answer: DaemonsAnswer }} props */
function Shops({ answer: { daemons, self } }) {
  if (daemons === null) return html`<p class="notice">${t('daemons.notKept')}</p>`;
  if (daemons.length === 0) return html`<p class="empty">${t('daemons.none')}</p>`;
  const shops = [...new Set(daemons.map(({ shop }) => shop))];
  return html`
    ${daemons.some(({ isOutdated }) => isOutdated) && html`<p class="notice">${t('daemons.outdatedText')}</p>`}
    ${shops.map((shop) => {
      const ofShop = daemons.filter((daemon) => daemon.shop === shop);
      return h(DaemonsTable, { key: shop, shop, daemons: ofShop, self });
    })}
  `;
}
