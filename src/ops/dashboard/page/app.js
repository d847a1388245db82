import { h } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { ConfirmDialog } from './components/confirm-dialog.js';
import { Icon } from './components/icon.js';
import { Loading } from './components/notices.js';
import { Announcer } from './components/shell/announcer.js';
import { Banner } from './components/shell/banner.js';
import { Footer } from './components/shell/footer.js';
import { TopBar } from './components/shell/top-bar.js';
import { html } from './html.js';
import { t } from './language/words.js';
import { useStore } from './state/store.js';
import { ActivityView } from './views/activity.js';
import { DaemonsView } from './views/daemons.js';
import { DeadLettersView } from './views/dead-letters.js';
import { ListsView } from './views/lists.js';
import { NowView } from './views/now.js';
import { OrdersView } from './views/orders.js';
import { ReconciliationView } from './views/reconciliation.js';
import { SignInView } from './views/sign-in.js';

/** @import { ComponentType } from 'preact' */
/** @import { Section } from './state/route.js' */

/** @type {Readonly<Record<Section, ComponentType>>} */
const VIEWS = {
  now: NowView,
  orders: OrdersView,
  lists: ListsView,
  'dead-letters': DeadLettersView,
  reconciliation: ReconciliationView,
  activity: ActivityView,
  daemons: DaemonsView,
};

/** The whole page: what surrounds every section, and the section. All words are drawn again in another language. */
export function App() {
  useStore(({ language }) => language);
  const main = useRef(/** @type {HTMLElement | null} */ (null));
  const section = useStore(({ route }) => route.section);
  const session = useStore(({ session }) => session);
  useLayoutEffect(() => scrollTo(0, 0), [section]);

  /** The address stays: it says which section this is. @param {Event} event */
  const skip = (event) => {
    event.preventDefault();
    main.current?.focus();
  };
  const view = session === null ? h(Loading, {}) : h(session.role === null ? SignInView : VIEWS[section], {});
  return html`
    <a class="skip" href="#main" onClick=${skip}>${t('app.skip')}</a>
    ${h(TopBar, { session, section })}
    ${h(Banner, {})}
    <main id="main" tabindex="-1" ref=${main}>${view}</main>
    ${h(Footer, { session })}
    <a class="leave-wall icon-button" href="#/now" title=${t('nav.leaveWall')} aria-label=${t('nav.leaveWall')}>
      ${h(Icon, { name: 'close' })}
    </a>
    ${h(ConfirmDialog, {})}
    ${h(Announcer, {})}
  `;
}
