import { html } from '../../html.js';
import { t } from '../../language/words.js';

/** @import { Session } from '../../../messages.ts' */

/** Null where nobody is asked who they are. @param {Session} session */
export function signedInWords({ name, role }) {
  return name === null || role === null ? null : t('nav.signedInAs', { name, role: t(`role.${role}`) });
}

/** Who is signed in, in the top bar. @param {{ session: Session }} props */
export function SignedIn({ session }) {
  const words = signedInWords(session);
  return words !== null && html`<span class="who" title=${words}>${session.name}</span>`;
}
