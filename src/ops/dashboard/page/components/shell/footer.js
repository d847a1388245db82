import { html } from '../../html.js';
import { zone } from '../../language/times.js';
import { t } from '../../language/words.js';

/** @import { Session } from '../../../messages.ts' */

/** @param {{ session: Session | null }} props */
export function Footer({ session }) {
  const { queue = '', version = '' } = session ?? {};
  return html`
    <footer>
      <span>${t('app.zone', { zone: zone() })}</span>
      ${queue !== '' && html`<span>${t('app.queue', { queue })}</span>`}
      ${version !== '' && html`<span>${t('app.version', { version })}</span>`}
    </footer>
  `;
}
