import { h } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../components/icon.js';
import { OrderAnswer } from '../components/order/order-answer.js';
import { html } from '../html.js';
import { t } from '../language/words.js';
import { orderLink } from '../state/route.js';
import { useStore } from '../state/store.js';

/** Type or scan a number, and see where the order is. */
export function OrdersView() {
  const route = useStore((state) => state.route);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [round, setRound] = useState(0);
  const reference = route.rest;

  // Whenever one gets here, also from here: the next number can be typed or scanned at once.
  useLayoutEffect(() => {
    if (input.current === null) return;
    if (reference !== '') input.current.value = reference;
    input.current.focus({ preventScroll: true });
    input.current.select();
  }, [route]);

  /** @param {Event} event */
  const go = (event) => {
    event.preventDefault();
    const wanted = input.current?.value.trim() ?? '';
    input.current?.select();
    if (wanted === '') return;
    if (location.hash === orderLink(wanted)) setRound(round + 1);
    else location.hash = orderLink(wanted);
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
            maxlength="128"
            aria-describedby="order-search-hint"
          />
          <button type="submit" class="primary">${h(Icon, { name: 'search' })}${t('search.go')}</button>
        </div>
        <p class="soft" id="order-search-hint">${t('search.hint')}</p>
      </form>
      <div class="answer" aria-live="polite">
        ${reference !== '' && h(OrderAnswer, { key: `${reference} ${round}`, reference })}
      </div>
    </div>
  `;
}
