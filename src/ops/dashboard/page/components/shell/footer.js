import { html } from '../../html.js';
import { zone } from '../../language/times.js';
import { t } from '../../language/words.js';

import { signedInWords } from './signed-in.js';

/** @import { Session } from '../../../messages.ts' */

/** @param {{ session: Session | null }} props */
export function Footer({ session }) {
  const { queue = '', version = '' } = session ?? {};
  const signedIn = session === null ? null : signedInWords(session);
  return html`
    <footer>
      ${signedIn !== null && html`<span>${signedIn}</span>`}
      <span>${t('app.zone', { zone: zone() })}</span>
      ${queue !== '' && html`<span>${t('app.queue', { queue })}</span>`}
      ${version !== '' && html`<span>${t('app.version', { version })}</span>`}
    </footer>
  `;
}
