import { h } from 'preact';
import { html } from '../../html.js';
import { chooseLanguage, currentLanguage, languages, t } from '../../language/words.js';
import { prefer, THEMES } from '../../state/preferences.js';
import { signOut } from '../../state/session.js';
import { setState, useStore } from '../../state/store.js';
import { Icon } from '../icon.js';
import { SignedIn } from './signed-in.js';

/** @import { Session } from '../../../messages.ts' */

/** @param {{ session: Session | null }} props */
export function Settings({ session }) {
  return html`
    <div class="settings">
      ${h(LanguageButton, {})}
      ${h(ThemeButton, {})}
      <a class="icon-button wall-link" href="#/wall" title=${t('nav.wall')} aria-label=${t('nav.wall')}>
        ${h(Icon, { name: 'wall' })}
      </a>
      ${session !== null && h(SignedIn, { session })}
      ${
        session?.canSignOut &&
        html`
          <button type="button" class="icon-button" title=${t('nav.signOut')} aria-label=${t('nav.signOut')} onClick=${signOut}>
            ${h(Icon, { name: 'signOut' })}
          </button>
        `
      }
    </div>
  `;
}

/** To the other language, in its own words. */
function LanguageButton() {
  const [other = ['en', 'English']] = languages().filter(([language]) => language !== currentLanguage());
  const [language, name] = other;
  const choose = () => {
    prefer('language', language);
    chooseLanguage(language, navigator.languages);
    setState({ language: currentLanguage() });
  };
  return html`<button type="button" lang=${language} onClick=${choose}>${name}</button>`;
}

/** From one to the next: as the system has it, light, dark. */
function ThemeButton() {
  const theme = useStore((state) => state.theme);
  const text = t('nav.theme', { theme: t(`theme.${theme}`) });
  const next = () => {
    const chosen = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
    prefer('theme', chosen);
    setState({ theme: chosen });
  };
  return html`
    <button type="button" class="icon-button" title=${text} aria-label=${text} onClick=${next}>
      ${h(Icon, { name: `theme-${theme}` })}
    </button>
  `;
}
