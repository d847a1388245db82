import { ApiError, get, post } from './api.js';
import { fill, h } from './dom.js';
import { icon } from './icons.js';
import { failure, loading } from './notices.js';
import { orderCard } from './order-card.js';
import { state } from './store.js';
import { t } from './words.js';

/** @import { OrderAnswer } from '../messages.ts' */

const REFERENCE = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/;
/** An order that was asked for is usually there after a second. */
const LOOK_AGAIN_MS = 1_500;
const LOOKS = 4;

/** Type or scan a number, and see where the order is. */
export function createSearchView() {
  const input = /** @type {HTMLInputElement} */ (
    h('input', {
      id: 'order-search',
      type: 'search',
      autocomplete: 'off',
      autocapitalize: 'off',
      spellcheck: 'false',
      enterkeyhint: 'search',
      maxlength: '80',
      'aria-describedby': 'order-search-hint',
    })
  );
  const answer = h('div', { class: 'answer', 'aria-live': 'polite' });
  const form = h(
    'form',
    {
      class: 'search',
      role: 'search',
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        go();
      },
    },
    h('label', { for: 'order-search' }, t('search.label')),
    h(
      'div',
      { class: 'search-line' },
      input,
      h('button', { type: 'submit', class: 'primary' }, icon('search'), t('search.go')),
    ),
    h('p', { class: 'soft', id: 'order-search-hint' }, t('search.hint')),
  );
  const element = h('div', { class: 'column' }, h('h2', {}, t('search.title')), form, answer);
  let asked = '';

  function go() {
    const reference = input.value.trim();
    // The next scan replaces this one.
    input.select();
    if (!REFERENCE.test(reference)) {
      fill(answer, h('p', { class: 'notice' }, t('search.invalid')));
      return;
    }
    const hash = `#/orders/${encodeURIComponent(reference)}`;
    if (location.hash === hash) void look(reference);
    else location.hash = hash;
  }

  /** @param {string} reference @param {number} [looksLeft] */
  async function look(reference, looksLeft = 0) {
    asked = reference;
    if (looksLeft === 0) fill(answer, loading());
    try {
      /** @type {OrderAnswer} */
      const found = await get(`/api/orders/${encodeURIComponent(reference)}`);
      if (asked !== reference) return;
      fill(answer, describe(found));
      if (found.records.length === 0 && looksLeft > 1)
        setTimeout(() => asked === reference && look(reference, looksLeft - 1), LOOK_AGAIN_MS);
    } catch (error) {
      if (asked === reference)
        fill(
          answer,
          failure(error, () => look(reference)),
        );
    }
  }

  /** @param {string} reference */
  async function resync(reference) {
    try {
      await post(`/api/resync/${encodeURIComponent(reference)}`);
      fill(answer, h('p', { class: 'notice' }, t('search.resynced')));
      setTimeout(() => asked === reference && look(reference, LOOKS), LOOK_AGAIN_MS);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      fill(
        answer,
        failure(error, () => look(reference)),
      );
    }
  }

  /** @param {OrderAnswer} found */
  function describe({ reference, records }) {
    const again = state.session.role === 'operator' && resyncButton(reference);
    if (records.length === 0) return [neverSeen(reference), h('div', { class: 'actions' }, again)];
    return [
      records.length > 1 && h('p', { class: 'notice' }, t('search.several', { n: records.length })),
      ...records.map((record) => orderCard(record)),
      h('div', { class: 'actions' }, again),
    ];
  }

  /** @param {string} reference */
  function resyncButton(reference) {
    return h('button', { type: 'button', onclick: () => resync(reference) }, icon('retrying'), t('search.resync'));
  }

  return {
    element,
    update() {},
    /** @param {string} reference '' to type one */
    show(reference) {
      if (reference === '') {
        asked = '';
        fill(answer);
      } else {
        input.value = reference;
        void look(reference);
      }
      input.focus({ preventScroll: true });
      input.select();
    },
  };
}

/** @param {string} reference */
function neverSeen(reference) {
  const waiting = state.snapshot?.figures.waiting;
  const text =
    typeof waiting === 'number'
      ? t('search.noneText', { reference, n: waiting })
      : t('search.noneUnknown', { reference });
  return h(
    'section',
    { class: 'card verdict verdict-unknown' },
    icon('unknown'),
    h('div', {}, h('h3', {}, t('search.none')), h('p', {}, text)),
  );
}
