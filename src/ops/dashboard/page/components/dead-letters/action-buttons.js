import { html } from '../../html.js';
import { t } from '../../language/words.js';
import { useStore } from '../../state/store.js';

/** @typedef {{ ids: string[] } | { reason: string } | { all: true }} Wanted */
/** @typedef {(action: 'replay' | 'discard', wanted: Wanted, n: number) => Promise<void>} Act */

/**
 * For operators: replay and discard these.
 *
 * @param {{ wanted: Wanted, n: number, act: Act, what?: string }} props `what` names the only one, for readers who do not see
 *   which row a button is in
 */
export function ActionButtons({ wanted, n, act, what }) {
  const isOperator = useStore(({ session }) => session?.role === 'operator');
  if (!isOperator) return null;
  const one = what !== undefined;
  const replay = one ? t('deadLetters.replay') : t('deadLetters.replayAll', { n });
  const discard = one ? t('deadLetters.discard') : t('deadLetters.discardAll', { n });
  const label = (/** @type {string} */ action) => (one ? t('app.labelled', { action, what }) : null);
  return html`
    <button type="button" aria-label=${label(replay)} onClick=${() => act('replay', wanted, n)}>${replay}</button>
    <button type="button" class="quiet-grave" aria-label=${label(discard)} onClick=${() => act('discard', wanted, n)}>
      ${discard}
    </button>
  `;
}
