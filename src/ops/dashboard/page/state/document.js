import { locale, t } from '../language/words.js';
import { getState, subscribe } from './store.js';

/** Keeps what is outside the components in step with the state: language, theme, the tab's title, classes for the styles. */
export function keepDocument() {
  subscribe(update);
  update();
}

function update() {
  const { theme, route, link } = getState();
  const { documentElement: root, body } = document;
  root.lang = locale();
  if (theme === 'auto') root.removeAttribute('data-theme');
  else root.setAttribute('data-theme', theme);
  body.classList.toggle('is-wall', route.isWall);
  body.classList.toggle('is-lost', link === 'lost');
  const text = title();
  if (document.title !== text) document.title = text;
}

/** What the daemon does, so that the tab says it too. */
function title() {
  const { snapshot, link, session } = getState();
  if (snapshot === null) return t('app.title');
  const { state } = snapshot.consumption;
  const isLost = link === 'lost';
  const mark = state === 'running' && !isLost ? '' : '! ';
  return `${mark}${isLost ? t('link.lost') : t(`state.${state}`)} · ${session?.shop ?? ''}`;
}
