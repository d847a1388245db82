import { h } from 'preact';
import { html } from '../html.js';
import { t } from '../language/words.js';
import { Icon } from './icon.js';

/** What stands in the place of something that is not there yet. */

export function Loading() {
  return html`<p class="loading">${t('app.loading')}</p>`;
}

/** @param {{ error: unknown, again: () => unknown }} props */
export function Failure({ error, again }) {
  const text = error instanceof Error ? error.message : String(error);
  return html`
    <div class="notice notice-bad" role="alert">
      ${h(Icon, { name: 'warning' })}
      <p>${t('app.failed', { error: text })}</p>
      <button type="button" onClick=${() => again()}>${t('app.again')}</button>
    </div>
  `;
}
