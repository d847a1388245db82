import { html } from '../../html.js';
import { t } from '../../language/words.js';

/** @import { Session } from '../../../messages.ts' */

/** Null where nobody is asked who they are. @param {Session} session */
export function signedInWords({ name, role }) {
  if (name === null || role === null) return null;
  return name === role
    ? t('nav.signedIn', { name: t(`role.${role}`) })
    : t('nav.signedInAs', { name, role: t(`role.${role}`) });
}

/** Who is signed in, in the top bar. @param {{ session: Session }} props */
export function SignedIn({ session }) {
  const words = signedInWords(session);
  const { name, role } = session;
  // Whoever has OPS_TOKEN or OPS_VIEWER_TOKEN is called like the role.
  const shown = name !== null && name === role ? t(`role.${role}`) : name;
  return words !== null && html`<span class="who" title=${words}>${shown}</span>`;
}
