import { get, post } from './api.js';
import { createDeadLettersView } from './dead-letters-view.js';
import { h } from './dom.js';
import { refreshAgo } from './format.js';
import { follow } from './live.js';
import { loading } from './notices.js';
import { consumptionWords, createNowView } from './now-view.js';
import { applyTheme, prefer, preference } from './preferences.js';
import { createReconciliationView } from './reconciliation-view.js';
import { createSearchView } from './search-view.js';
import { createShell } from './shell.js';
import { createSignIn } from './sign-in.js';
import { state } from './store.js';
import { chooseLanguage, currentLanguage, locale, t } from './words.js';

/** @import { Session } from '../messages.ts' */
/** @typedef {{ element: HTMLElement, update: () => void, show?: (rest: string) => void, hide?: () => void }} View */

/** The page: which section is shown, in which language, and what keeps it fresh. */

const app = /** @type {HTMLElement} */ (document.getElementById('app'));
const announcer = h('p', { class: 'unseen', role: 'status' });
document.body.append(announcer);

/** @type {{ stop: () => void } | undefined} */
let following;
/** @type {ReturnType<typeof createShell>} */
let shell;
/** @type {View | undefined} */
let view;
/** @type {Map<string, View>} */
let views = new Map();

const MAKERS = {
  now: createNowView,
  orders: createSearchView,
  'dead-letters': createDeadLettersView,
  reconciliation: createReconciliationView,
};

applyTheme();
chooseLanguage(preference('language'), navigator.languages);
setInterval(refreshAgo, 1_000);
addEventListener('hashchange', () => route());
addEventListener('keydown', onKey);
await start();

async function start() {
  rebuild();
  shell.main.replaceChildren(loading());
  try {
    state.session = await get('/api/session');
  } catch {
    setTimeout(start, 2_000);
    state.link = 'lost';
    shell.update();
    return;
  }
  if (state.session.role === null) askForToken('');
  else begin();
}

function begin() {
  rebuild();
  route();
  following?.stop();
  following = follow({ onChange, onSignedOut: () => void signedOut() });
}

/** Everything anew, in the language of now. */
function rebuild() {
  document.documentElement.lang = locale();
  document.title = t('app.title');
  view?.hide?.();
  view = undefined;
  views = new Map();
  shell = createShell({ onLanguage, onSignOut });
  app.replaceChildren(...shell.elements.filter((element) => element !== null));
  shell.update();
}

function route() {
  if (state.session.role === null) return;
  const [, name = 'now', rest = ''] = location.hash.split('/');
  const isWall = name === 'wall';
  const section = isKnown(name) ? name : 'now';
  document.body.classList.toggle('is-wall', isWall);
  shell.mark(section);
  view?.hide?.();
  view = views.get(section) ?? MAKERS[section]();
  views.set(section, view);
  if (!shell.main.contains(view.element)) {
    shell.main.replaceChildren(view.element);
    scrollTo(0, 0);
  }
  view.update();
  view.show?.(decodeURIComponent(rest));
}

/** @param {string} name @returns {name is keyof typeof MAKERS} */
function isKnown(name) {
  return Object.hasOwn(MAKERS, name);
}

function onChange() {
  shell.update();
  view?.update();
  const { snapshot, link } = state;
  if (snapshot === null) return;
  const { consumption } = snapshot;
  const word = link === 'lost' ? t('link.lost') : t(`state.${consumption.state}`);
  document.title = `${consumption.state === 'running' && link !== 'lost' ? '' : '! '}${word} · ${state.session.shop}`;
  const words = link === 'lost' ? word : `${word}. ${consumptionWords(consumption)}`;
  if (announcer.textContent !== words) announcer.textContent = words;
}

/** @param {string} note */
function askForToken(note) {
  following?.stop();
  state.snapshot = null;
  state.link = 'connecting';
  rebuild();
  const signIn = createSignIn({
    note,
    onSignedIn(session) {
      state.session = session;
      begin();
    },
  });
  shell.main.replaceChildren(signIn.element);
  signIn.focus();
}

async function signedOut() {
  state.session = await get('/api/session').catch(() => state.session);
  state.session = { ...state.session, role: null };
  askForToken(t('signIn.ended'));
}

async function onSignOut() {
  following?.stop();
  await post('/api/sign-out').catch(() => undefined);
  state.session = /** @type {Session} */ ({ ...state.session, role: null, shop: '', queue: '', version: '' });
  askForToken('');
}

/** @param {string} language */
function onLanguage(language) {
  prefer('language', language);
  if (language === currentLanguage()) return;
  chooseLanguage(language, navigator.languages);
  if (state.session.role === null) askForToken('');
  else {
    rebuild();
    route();
    onChange();
  }
}

/** `/` goes to the search from anywhere, Escape leaves the wall screen. @param {KeyboardEvent} event */
function onKey(event) {
  const isTyping = event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === 'Escape' && document.body.classList.contains('is-wall')) location.hash = '#/now';
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (location.hash === '#/orders') route();
  else location.hash = '#/orders';
}
