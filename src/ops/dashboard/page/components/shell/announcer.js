import { html } from '../../html.js';
import { consumptionWords } from '../../language/consumption.js';
import { t } from '../../language/words.js';
import { useStore } from '../../state/store.js';

/** Screen readers hear when the daemon's state changes, whatever section is shown. */
export function Announcer() {
  const isLost = useStore(({ link }) => link === 'lost');
  const words = useStore(({ snapshot }) => {
    if (snapshot === null) return '';
    const { consumption } = snapshot;
    return t('state.announced', { state: t(`state.${consumption.state}`), text: consumptionWords(consumption) });
  });
  return html`<p class="unseen" role="status">${words === '' ? '' : isLost ? t('link.lost') : words}</p>`;
}
