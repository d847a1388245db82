/** @import { ComponentChildren } from 'preact' */

/**
 * Markup as it is read: `html`<p class="soft">${text}</p>``. What is filled in is text or an attribute's value, and can never
 * become markup. Components go in as `${h(Row, { order })}`, so that tsc checks what they are given.
 */
export { html } from 'htm/preact';

/**
 * Elements within a sentence: `filled('since {time}', { time: html`<time>…</time>` })`.
 *
 * @param {string} text with `{name}`s
 * @param {Record<string, ComponentChildren>} values
 */
export function filled(text, values) {
  return text.split(/(\{\w+\})/).map((part) => values[part.slice(1, -1)] ?? part);
}
