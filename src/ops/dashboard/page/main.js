import { h, render } from 'preact';
import { App } from './app.js';
import { chooseLanguage, currentLanguage } from './language/words.js';
import { keepDocument } from './state/document.js';
import { preference, preferredTheme } from './state/preferences.js';
import { readRoute } from './state/route.js';
import { start } from './state/session.js';
import { getState, setState } from './state/store.js';

chooseLanguage(preference('language'), navigator.languages);
setState({ language: currentLanguage(), theme: preferredTheme() });
keepDocument();
addEventListener('hashchange', () => setState({ route: readRoute() }));
addEventListener('keydown', onKey);
render(h(App, {}), /** @type {HTMLElement} */ (document.getElementById('app')));
await start();

/** `/` goes to the search from anywhere, Escape leaves the wall display. @param {KeyboardEvent} event */
function onKey(event) {
  const isTyping = event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === 'Escape' && getState().route.isWall) location.hash = '#/now';
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  // Of a changed hash, the browser tells later: what is typed until then would be lost.
  if (location.hash !== '#/orders') history.pushState(null, '', '#/orders');
  setState({ route: readRoute() });
}
