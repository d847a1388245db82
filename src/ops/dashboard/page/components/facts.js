import { html } from '../html.js';
import { t } from '../language/words.js';

/** @import { ComponentChildren } from 'preact' */
/** @import { Personal } from '../../messages.ts' */

/** Names and values. @param {{ rows: readonly (false | readonly [string, ComponentChildren])[] }} props */
export function Facts({ rows }) {
  const shown = rows.filter((row) => row !== false);
  return html`
    <dl class="facts">
      ${shown.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
    </dl>
  `;
}

/** A value that this reader may not be allowed to see. @param {{ value: Personal }} props */
export function PersonalValue({ value }) {
  if (value !== null && typeof value === 'object') {
    return html`<span class="hidden-value">${t('customer.hidden')}</span>`;
  }
  return value;
}
