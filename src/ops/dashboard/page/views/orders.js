import { h } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../components/icon.js';
import { Failure, Loading } from '../components/notices.js';
import { OrderAnswer } from '../components/order/order-answer.js';
import { SearchResults } from '../components/search/search-results.js';
import { html } from '../html.js';
import { t } from '../language/words.js';
import { useStore } from '../state/store.js';
import { countFound, onlyOrder, RESULTS_LINK, useSearch } from '../state/use-search.js';

/** @import { Search } from '../state/use-search.js' */

/** Room for a column of numbers, or a mail. */
const MAX_LENGTH = 4_000;

/** Type, scan or paste a number, a name, a phone, and see where the order is. */
export function OrdersView() {
  const route = useStore((state) => state.route);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const asked = useRef('');
  const { search, begin } = useSearch();
  const reference = route.rest;

  // Whenever one gets here, also from here: the next number can be typed or scanned at once, even before the answer is there.
  useLayoutEffect(() => {
    const field = input.current;
    if (field === null || (document.activeElement === field && field.value !== asked.current)) return;
    if (reference !== '') field.value = reference;
    asked.current = field.value;
    field.focus({ preventScroll: true });
    field.select();
  }, [route]);

  /** @param {Event} event */
  const go = (event) => {
    event.preventDefault();
    const wanted = input.current?.value.trim() ?? '';
    asked.current = input.current?.value ?? '';
    input.current?.select();
    if (wanted !== '') void begin(wanted);
  };

  return html`
    <div class="column">
      <h2>${t('search.title')}</h2>
      <form class="search" role="search" onSubmit=${go}>
        <label for="order-search">${t('search.label')}</label>
        <div class="search-line">
          <input
            ref=${input}
            id="order-search"
            type="search"
            autocomplete="off"
            autocapitalize="off"
            spellcheck=${false}
            enterkeyhint="search"
            maxlength=${MAX_LENGTH}
            aria-describedby="order-search-hint"
            onPaste=${pasteLines}
          />
          <button type="submit" class="primary">${h(Icon, { name: 'search' })}${t('search.go')}</button>
        </div>
        <p class="soft" id="order-search-hint">${t('search.hint')}</p>
      </form>
      ${h(Summary, { search, reference })}
      ${reference === '' && search !== null && h(Found, { search, begin })}
      <div class="answer" aria-live="polite">
        ${reference !== '' && h(OrderAnswer, { key: reference, reference })}
      </div>
    </div>
  `;
}

/** What was found, in a line that screen readers hear. @param {{ search: Search | null, reference: string }} props */
function Summary({ search, reference }) {
  return html`<p class="soft search-summary" role="status">${search?.answer && summary(search, reference)}</p>`;
}

/** @param {Search} search @param {string} reference */
function summary({ text, answer }, reference) {
  if (answer === null) return '';
  const n = countFound(answer);
  if (reference === '') return n === 0 ? '' : t('found.count', { n });
  const isOfList = answer.parts.some(({ hits }) => hits.some((hit) => hit.reference === reference));
  if (!isOfList) return '';
  const only = onlyOrder(answer);
  if (only === null) return html`<a href=${RESULTS_LINK}>${t('found.back', { n })}</a>`;
  const isRead = answer.parts.some(({ hits }) => hits.some((hit) => hit.isRead));
  return isRead ? t('found.read', { text }) : '';
}

/** @param {{ search: Search, begin: (text: string) => unknown }} props */
function Found({ search: { text, answer, error }, begin }) {
  if (error !== null) return h(Failure, { error, again: () => begin(text) });
  if (answer === null) return h(Loading, {});
  // It is being opened.
  if (onlyOrder(answer) !== null) return null;
  return h(SearchResults, { key: text, text, answer });
}

/** A field of one line would join two numbers into one. @param {ClipboardEvent} event */
function pasteLines(event) {
  const pasted = event.clipboardData?.getData('text') ?? '';
  const field = event.currentTarget;
  if (!/[\r\n]/.test(pasted.trim()) || !(field instanceof HTMLInputElement)) return;
  event.preventDefault();
  const { selectionStart, selectionEnd, value } = field;
  const room = MAX_LENGTH - value.length + (selectionEnd ?? 0) - (selectionStart ?? 0);
  const line = pasted.trim().replace(/\s*[\r\n]+\s*/g, ', ');
  field.setRangeText(line.slice(0, room), selectionStart ?? 0, selectionEnd ?? value.length, 'end');
}
