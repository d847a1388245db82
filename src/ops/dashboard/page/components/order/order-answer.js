import { h } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, post } from '../../api.js';
import { html } from '../../html.js';
import { pauseWords } from '../../language/consumption.js';
import { time } from '../../language/times.js';
import { t } from '../../language/words.js';
import { useStore } from '../../state/store.js';
import { useFetched } from '../../state/use-fetched.js';
import { Icon } from '../icon.js';
import { Failure, Loading } from '../notices.js';
import { OrderCard } from './order-card.js';

/** @import { ForgottenOrder } from '../../../../../ack-memory/forgotten-order.ts' */
/** @import { OrderAnswer as Answer } from '../../../messages.ts' */
/** @import { Fetched } from '../../state/use-fetched.js' */

/** An order that was fetched on request is usually there after a second. */
const LOOK_AGAIN_MS = 1_500;
const LOOKS = 4;
/** What was typed is no order number. */
const INVALID = 400;

/** Where the order is, and a button to fetch it again. @param {{ reference: string }} props */
export function OrderAnswer({ reference }) {
  const path = encodeURIComponent(reference);
  /** @type {Fetched<Answer>} */
  const { answer, error, load } = useFetched(`/api/orders/${path}`);
  const role = useStore(({ session }) => session?.role);
  const pause = useStore(({ snapshot }) => snapshot?.consumption.pause);
  const [isRequested, setRequested] = useState(false);
  const [problem, setProblem] = useState(/** @returns {unknown} */ () => null);
  const timer = useRef(/** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined));
  useEffect(() => () => clearTimeout(timer.current), []);

  /** @param {number} looksLeft */
  const lookLater = (looksLeft) => {
    timer.current = setTimeout(async () => {
      const found = await load();
      setRequested(false);
      if (found?.records.length === 0 && looksLeft > 1) lookLater(looksLeft - 1);
    }, LOOK_AGAIN_MS);
  };
  const resync = async () => {
    clearTimeout(timer.current);
    try {
      await post(`/api/resync/${path}`);
      setRequested(true);
      lookLater(LOOKS);
    } catch (cause) {
      setProblem(cause);
    }
  };
  const again = () => {
    setProblem(null);
    return load();
  };

  const failed = problem ?? error;
  if (failed instanceof ApiError && failed.status === INVALID)
    return html`<p class="notice">${t('search.invalid')}</p>`;
  if (failed !== null) return h(Failure, { error: failed, again });
  if (answer === null) return h(Loading, {});
  if (isRequested) return html`<p class="notice">${t('search.resynced')}</p>`;
  const { records, forgotten } = answer;
  return html`
    ${pause !== undefined && html`<p class="notice">${pauseWords(pause)}</p>`}
    ${records.length === 0 && forgotten === null && h(NeverSeen, { reference })}
    ${forgotten !== null && h(Forgotten, { forgotten, isKnown: records.length > 0 })}
    ${records.length > 1 && html`<p class="notice">${t('search.several', { n: records.length })}</p>`}
    ${records.map((order) => {
      const key = `${order.match} ${order.orderNumber} ${order.shopOrderId}`;
      return h(OrderCard, { key, order, name: reference, isOneOfSeveral: records.length > 1 });
    })}
    <div class="actions">
      ${
        role === 'operator' &&
        html`<button type="button" onClick=${resync}>${h(Icon, { name: 'retrying' })}${t('search.resync')}</button>`
      }
    </div>
  `;
}

/** @param {{ forgotten: ForgottenOrder, isKnown: boolean }} props */
function Forgotten({ forgotten: { ackedAt, isBeingFetched }, isKnown }) {
  return html`
    <section class="card verdict verdict-dead-lettered">
      ${h(Icon, { name: 'warning' })}
      <div>
        <h3>${t(isKnown ? 'search.forgottenVersion' : 'search.forgotten')}</h3>
        <p>${t('search.forgottenText', { time: time(ackedAt) })} ${t(isBeingFetched ? 'search.beingFetched' : 'search.notFetched')}</p>
      </div>
    </section>
  `;
}

/** @param {{ reference: string }} props */
function NeverSeen({ reference }) {
  const waiting = useStore(({ snapshot }) => snapshot?.figures.waiting ?? null);
  const text =
    waiting === null ? t('search.noneUnknown', { reference }) : t('search.noneText', { reference, n: waiting });
  return html`
    <section class="card verdict verdict-unknown">
      ${h(Icon, { name: 'unknown' })}
      <div><h3>${t('search.none')}</h3><p>${text}</p></div>
    </section>
  `;
}
