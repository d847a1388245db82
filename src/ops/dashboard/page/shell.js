import { fill, h, setText } from './dom.js';
import { number, time, zone } from './format.js';
import { icon } from './icons.js';
import { applyTheme, prefer, preference } from './preferences.js';
import { state } from './store.js';
import { currentLanguage, languages, t } from './words.js';

/** @typedef {'now' | 'orders' | 'dead-letters' | 'reconciliation'} Section */

/** @type {readonly { section: Section, icon: import('./icons.js').IconName, key: import('./words.js').Key }[]} */
const SECTIONS = [
  { section: 'now', icon: 'now', key: 'nav.now' },
  { section: 'orders', icon: 'search', key: 'nav.orders' },
  { section: 'dead-letters', icon: 'deadLetters', key: 'nav.deadLetters' },
  { section: 'reconciliation', icon: 'reconciliation', key: 'nav.reconciliation' },
];

/**
 * What stands around every section: name, navigation, language and appearance, the banner of a lost connection.
 *
 * @param {{ onLanguage: (language: string) => void, onSignOut: () => void }} listeners
 */
export function createShell({ onLanguage, onSignOut }) {
  const badge = h('span', { class: 'badge', hidden: true });
  const links = SECTIONS.map((entry) =>
    h(
      'a',
      { href: `#/${entry.section}` },
      icon(entry.icon),
      h('span', {}, t(entry.key)),
      entry.section === 'dead-letters' && badge,
    ),
  );
  const banner = h('div', { class: 'banner', role: 'status', hidden: true });
  const main = h('main', { id: 'main', tabindex: '-1' });
  const nav = h('nav', { 'aria-label': t('nav.label') }, links);
  const settings = h(
    'div',
    { class: 'settings' },
    languageButton(onLanguage),
    themeButton(),
    h(
      'a',
      { class: 'icon-button wall-link', href: '#/wall', title: t('nav.wall'), 'aria-label': t('nav.wall') },
      icon('wall'),
    ),
    state.session.asksForToken &&
      state.session.role !== null &&
      h(
        'button',
        {
          type: 'button',
          class: 'icon-button',
          title: t('nav.signOut'),
          'aria-label': t('nav.signOut'),
          onclick: onSignOut,
        },
        icon('signOut'),
      ),
  );
  const brand = h(
    'p',
    { class: 'brand' },
    h('strong', {}, 'order-sync'),
    state.session.shop !== '' && h('span', {}, state.session.shop),
  );
  const leaveWall = h(
    'a',
    { class: 'leave-wall icon-button', href: '#/now', title: t('nav.leaveWall'), 'aria-label': t('nav.leaveWall') },
    icon('close'),
  );
  const { queue, version } = state.session;
  const footer = h(
    'footer',
    {},
    h('span', {}, t('app.zone', { zone: zone() })),
    queue !== '' && h('span', {}, t('app.queue', { queue })),
    version !== '' && h('span', {}, t('app.version', { version })),
  );

  return {
    elements: [
      h('a', { class: 'skip', href: '#main', onclick: skipTo(main) }, t('app.skip')),
      h('header', { class: 'top' }, brand, state.session.role !== null && nav, settings),
      banner,
      main,
      footer,
      leaveWall,
    ],
    main,
    update() {
      const deadLetters = state.snapshot?.figures.deadLetters ?? 0;
      badge.hidden = deadLetters === 0;
      setText(badge, number(deadLetters));
      const isLost = state.link === 'lost';
      banner.hidden = !(isLost || state.link === 'polling');
      document.body.classList.toggle('is-lost', isLost);
      const lostText = state.snapshot === null ? '' : t('link.lostText', { time: time(state.heardAt) });
      setText(banner, isLost ? `${t('link.lost')}. ${lostText}` : state.link === 'polling' ? t('link.polling') : '');
    },
    /** @param {Section} section */
    mark(section) {
      for (const [index, link] of links.entries()) {
        if (SECTIONS[index]?.section === section) link.setAttribute('aria-current', 'page');
        else link.removeAttribute('aria-current');
      }
    },
  };
}

/** The address stays, for it says which section this is. @param {HTMLElement} main */
function skipTo(main) {
  return (/** @type {Event} */ event) => {
    event.preventDefault();
    main.focus();
  };
}

/** @type {readonly ('auto' | 'light' | 'dark')[]} */
const THEMES = ['auto', 'light', 'dark'];

/** From one to the next: as the system has it, light, dark. */
function themeButton() {
  const button = h('button', { type: 'button', class: 'icon-button' });
  const current = () => THEMES.find((theme) => theme === preference('theme')) ?? 'auto';
  const label = () => {
    const theme = current();
    const text = t('nav.theme', { theme: t(`theme.${theme}`) });
    fill(button, icon(`theme-${theme}`));
    button.title = text;
    button.setAttribute('aria-label', text);
  };
  button.addEventListener('click', () => {
    prefer('theme', THEMES[(THEMES.indexOf(current()) + 1) % THEMES.length] ?? 'auto');
    applyTheme();
    label();
  });
  label();
  return button;
}

/** To the other language, in its own words. @param {(language: string) => void} onLanguage */
function languageButton(onLanguage) {
  const [other = ['en', 'English']] = languages().filter(([language]) => language !== currentLanguage());
  const [language, name] = other;
  return h('button', { type: 'button', lang: language, onclick: () => onLanguage(language) }, name);
}
