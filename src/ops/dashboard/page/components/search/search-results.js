import { h } from 'preact';
import { html } from '../../html.js';
import { money } from '../../language/format.js';
import { statusWords, t } from '../../language/words.js';
import { orderLink } from '../../state/route.js';
import { PersonalValue } from '../facts.js';
import { Icon } from '../icon.js';
import { OrderAnswer } from '../order/order-answer.js';
import { Time } from '../times.js';

/** @import { FoundBySearch, SearchAnswer } from '../../../messages.ts' */
/** @typedef {SearchAnswer['parts'][number]} Part */

/**
 * All that a search found, each to be opened, and what it found nothing for.
 *
 * @param {{ text: string, answer: SearchAnswer }} props
 */
export function SearchResults({ text, answer: { parts, skipped } }) {
  const [first = { text, reference: null, hits: [], hasMore: false, personal: /** @type {const} */ ('done') }] = parts;
  if (parts.length <= 1 && first.hits.length === 0) return h(Nothing, { part: first });
  return html`
    <ol class="hits" aria-label=${t('found.list')}>
      ${parts.map((part) =>
        part.hits.length === 0
          ? html`
              <li class="hit hit-none" key=${part.text}>
                ${part.reference === null ? part.text : html`<a href=${orderLink(part.reference)}>${part.text}</a>`}
                <span>${t('found.notHere')}</span>
              </li>
            `
          : part.hits.map((hit) => h(Hit, { key: keyOf(part, hit), hit, text: parts.length > 1 ? part.text : '' })),
      )}
    </ol>
    ${parts.some(({ hasMore }) => hasMore) && html`<p class="soft">${t('found.more')}</p>`}
    ${skipped > 0 && html`<p class="notice">${t('found.skipped', { n: skipped })}</p>`}
    ${hintKeys(parts).map((key) => html`<p class="notice" key=${key}>${t(key)}</p>`)}
  `;
}

/** @param {{ hit: FoundBySearch, text: string }} props `text`: which of several it was found for */
function Hit({ hit: { reference, orderNumber, by, isRead, state, stored, buyer }, text }) {
  return html`
    <li>
      <a class="hit" href=${orderLink(reference)}>
        <strong>${orderNumber ?? reference}</strong>
        <span>${[stored !== null && statusWords(stored.status), state !== 'synced' && t(`answer.${state}`)].filter(Boolean).join(' · ')}</span>
        ${stored !== null && html`<span>${h(Time, { instant: stored.placedAt })}</span>`}
        ${stored !== null && html`<span class="num">${money(stored.grandTotal, stored.currency)}</span>`}
        ${buyer !== null && html`<span>${h(PersonalValue, { value: buyer })}</span>`}
        <span class="soft">${t(`by.${by}`)}${isRead && text !== '' && ` · ${text}`}</span>
      </a>
    </li>
  `;
}

/** @param {{ part: Part }} props */
function Nothing({ part }) {
  const { text, reference } = part;
  const hints = hintKeys([part]).map((key) => html`<p class="notice" key=${key}>${t(key)}</p>`);
  if (reference !== null) return html`${h(OrderAnswer, { reference })}${hints}`;
  if (hints.length > 0) return hints;
  return html`
    <section class="card verdict verdict-unknown">
      ${h(Icon, { name: 'unknown' })}
      <div>
        <h3>${t('found.none')}</h3>
        <p>${t('found.noneText', { text })}</p>
      </div>
    </section>
  `;
}

/** Why a name, a phone or an address was not looked for. @param {readonly Part[]} parts */
function hintKeys(parts) {
  const kinds = parts.filter(({ hits }) => hits.length === 0).map(({ personal }) => personal);
  return [...new Set(kinds)].flatMap((kind) => (kind === 'done' ? [] : [/** @type {const} */ (`found.${kind}`)]));
}

/** @param {Part} part @param {FoundBySearch} hit */
function keyOf({ text }, { reference, shopOrderId }) {
  return `${text} ${reference} ${shopOrderId}`;
}
