import { h } from 'preact';
import { html } from '../../html.js';
import { number } from '../../language/format.js';
import { t } from '../../language/words.js';
import { SECTIONS } from '../../state/route.js';
import { useStore } from '../../state/store.js';
import { Icon } from '../icon.js';
import { Settings } from './settings.js';

/** @import { Session } from '../../../messages.ts' */
/** @import { Key } from '../../language/words.js' */
/** @import { Section } from '../../state/route.js' */
/** @import { IconName } from '../icon.js' */

/** @type {Readonly<Record<Section, { icon: IconName, key: Key }>>} */
const LINKS = {
  now: { icon: 'now', key: 'nav.now' },
  orders: { icon: 'search', key: 'nav.orders' },
  lists: { icon: 'lists', key: 'nav.lists' },
  'dead-letters': { icon: 'deadLetters', key: 'nav.deadLetters' },
  reconciliation: { icon: 'reconciliation', key: 'nav.reconciliation' },
  daemons: { icon: 'daemons', key: 'nav.daemons' },
  activity: { icon: 'activity', key: 'nav.activity' },
};

/** @param {{ session: Session | null, section: Section }} props */
export function TopBar({ session, section }) {
  const shop = session?.shop ?? '';
  const isSignedIn = session !== null && session.role !== null;
  return html`
    <header class="top">
      <p class="brand"><strong>order-sync</strong>${shop !== '' && html`<span>${shop}</span>`}</p>
      ${isSignedIn && html`<nav aria-label=${t('nav.label')}>${sectionsFor(session).map((each) => link(each, each === section))}</nav>`}
      ${h(Settings, { session })}
    </header>
  `;
}

/** Only an operator may see who did what. @param {Session} session */
function sectionsFor({ role }) {
  return SECTIONS.filter((each) => each !== 'activity' || role === 'operator');
}

/** @param {Section} section @param {boolean} isCurrent */
function link(section, isCurrent) {
  const { icon, key } = LINKS[section];
  return html`
    <a key=${section} href="#/${section}" aria-current=${isCurrent ? 'page' : null}>
      ${h(Icon, { name: icon })}<span>${t(key)}</span>
      ${section === 'dead-letters' && h(Badge, { figure: 'deadLetters' })}
      ${section === 'lists' && h(Badge, { figure: 'conflicts' })}
    </a>
  `;
}

/** How many need somebody. @param {{ figure: 'deadLetters' | 'conflicts' }} props */
function Badge({ figure }) {
  const n = useStore(({ snapshot }) => snapshot?.figures[figure] ?? 0);
  if (n === 0) return null;
  return html`<span class="badge" title=${t(`nav.${figure}.badge`, { n })}>${number(n)}</span>`;
}
