import { html } from '../html.js';

/** @import { ComponentChildren } from 'preact' */

/**
 * A table that scrolls on its own where it is too wide, by keyboard as well.
 *
 * @param {{ label: string, class?: string, children?: ComponentChildren }} props
 */
export function ScrollTable({ label, class: name, children }) {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label=${label}><table class=${name}>${children}</table></div>
  `;
}
