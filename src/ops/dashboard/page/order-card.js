import { h } from './dom.js';
import { duration, money, number, time, timeElement } from './format.js';
import { icon } from './icons.js';
import { isKey, reasonWords, t } from './words.js';

/** @import { FoundOrder, OrderDetails, Personal } from '../messages.ts' */
/** @import { Child } from './dom.js' */

/** Everything that is known of one order: first the answer, then its way, then itself. @param {FoundOrder} order */
export function orderCard(order) {
  const { orderNumber, reference, stored, details } = order;
  return h(
    'article',
    { class: 'card order-card' },
    h('p', { class: 'order-name' }, orderNumber ?? reference),
    verdict(order),
    h('h4', {}, t('order.way')),
    way(order),
    facts(order),
    stored !== null && storedOrder(stored, details),
  );
}

/** @param {FoundOrder} order */
function verdict(order) {
  const { state, stored, attempts, lastError, syncedAt } = order;
  const reason = lastError === null ? '' : errorWords(lastError);
  const isGone = state === 'synced' && stored === null;
  const name = isGone ? 'gone' : state;
  const text = t(`answer.${name}.text`, { n: attempts, reason, time: syncedAt === null ? '?' : time(syncedAt) });
  const mark = isGone ? 'stuck' : state;
  return h(
    'div',
    {},
    stored?.cancelConflict &&
      h(
        'div',
        { class: 'verdict verdict-bad', role: 'alert' },
        icon('stuck'),
        h(
          'div',
          {},
          h('h3', {}, t('answer.conflict')),
          h('p', {}, t('answer.conflictText', { fulfilment: stored.fulfilmentStatus })),
        ),
      ),
    h(
      'div',
      { class: `verdict verdict-${isGone ? 'dead-lettered' : state}` },
      icon(mark),
      h(
        'div',
        {},
        h('h3', {}, t(`answer.${name}`)),
        stored?.status === 'cancelled' && h('p', {}, h('strong', {}, t('answer.cancelled'))),
        h('p', {}, text),
        state !== 'synced' && stored !== null && h('p', {}, t('answer.older')),
        state === 'dead-lettered' && h('p', {}, h('a', { href: '#/dead-letters' }, t('answer.toDeadLetters'))),
      ),
    ),
    stored?.totalsMismatch && h('p', { class: 'notice' }, t('answer.mismatch')),
  );
}

/** `reason: message` of the ledger → the reason in the reader's words. @param {string} lastError */
function errorWords(lastError) {
  const reason = /^([a-z_]+): /.exec(lastError)?.[1];
  return reason === undefined ? lastError : reasonWords(reason);
}

/** Received, fetched, written, acknowledged: each with its time. @param {FoundOrder} order */
function way({ receivedAt, fetchedAt, syncedAt, ackedAt, state }) {
  const isFromBefore = syncedAt !== null && ackedAt === null;
  return h(
    'ol',
    { class: 'way' },
    step(t('step.received'), receivedAt, null),
    step(t('step.fetched'), fetchedAt, receivedAt),
    step(t('step.written'), syncedAt, fetchedAt),
    state === 'synced' && isFromBefore && step(t('step.acked'), syncedAt, null, t('step.afterWrite')),
    state === 'synced' && !isFromBefore && step(t('step.acked'), ackedAt, syncedAt),
    // Its event was acknowledged all the same, once it was safe elsewhere.
    state !== 'synced' && elsewhere(t(`step.${state}`), ackedAt, state),
  );
}

/** @param {string} name @param {string | null} at @param {string | null} before @param {string} [instead] of the time */
function step(name, at, before, instead) {
  const later = at !== null && before !== null ? Date.parse(at) - Date.parse(before) : -1;
  return h(
    'li',
    { class: at === null ? 'step' : 'step is-done' },
    h('span', { class: 'dot' }, icon(at === null ? 'discarded' : 'synced')),
    h('strong', {}, name),
    h('span', {}, instead ?? (at === null ? t('step.notYet') : timeElement(at))),
    h('span', { class: 'soft' }, later < 0 || instead !== undefined ? '' : t('step.later', { time: duration(later) })),
  );
}

/** @param {string} name @param {string | null} at @param {import('./icons.js').IconName} mark */
function elsewhere(name, at, mark) {
  return h(
    'li',
    { class: 'step is-elsewhere' },
    h('span', { class: 'dot' }, icon(mark)),
    h('strong', {}, name),
    h('span', {}, at === null ? '' : timeElement(at)),
  );
}

/** @param {FoundOrder} order */
function facts({ reference, orderNumber, shopOrderId, lastEvent, attempts, lastError, state }) {
  return list([
    orderNumber !== null && orderNumber !== reference && [t('order.number'), orderNumber],
    shopOrderId !== null && [t('order.shopId'), shopOrderId],
    [t('order.lastEvent'), t(`event.${lastEvent}`)],
    attempts > 0 && [t('order.attempts'), number(attempts)],
    lastError !== null && state !== 'synced' && [t('order.lastError'), h('code', {}, lastError)],
  ]);
}

/** @param {NonNullable<FoundOrder['stored']>} stored @param {OrderDetails | null} details */
function storedOrder(stored, details) {
  const { currency } = stored;
  const instant = (/** @type {string | null} */ at) => (at === null ? null : timeElement(at));
  return h(
    'section',
    { class: 'stored' },
    h('h4', {}, t('order.stored')),
    list([
      [t('order.status'), h('strong', {}, statusWords(stored.status))],
      [t('order.total'), money(stored.grandTotal, currency)],
      [t('order.fulfilment'), stored.fulfilmentStatus],
      [t('order.placed'), instant(stored.placedAt)],
      stored.paidAt !== null && [t('order.paid'), instant(stored.paidAt)],
      stored.cancelledAt !== null && [t('order.cancelled'), instant(stored.cancelledAt)],
      [t('order.changed'), instant(stored.updatedAt)],
      details !== null && details.payments.length > 0 && [t('order.payments'), paymentLines(details, currency)],
      details !== null && details.cancelReason !== null && [t('order.cancelReason'), personal(details.cancelReason)],
    ]),
    h('h4', {}, linesWords(stored.status)),
    stored.lines.length === 0 ? h('p', { class: 'soft' }, t('order.noLines')) : linesTable(stored, details),
    details !== null && customer(details),
  );
}

/** What is to be shipped is said only of an order that is: somebody may act on it. @param {string} status */
function linesWords(status) {
  return t(status === 'paid' ? 'order.toShip' : 'order.lines');
}

/** @param {NonNullable<FoundOrder['stored']>} stored @param {OrderDetails | null} details */
function linesTable({ lines, currency, status }, details) {
  const sums =
    details === null
      ? []
      : Object.entries(details.totals).filter(([name, sum]) => name === 'grand' || Number(sum) !== 0);
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': linesWords(status) },
    h(
      'table',
      { class: 'lines' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col', class: 'num' }, t('order.quantity')),
          h('th', { scope: 'col' }, t('order.name')),
          h('th', { scope: 'col' }, t('order.sku')),
          h('th', { scope: 'col', class: 'num' }, t('order.unitPrice')),
          h('th', { scope: 'col', class: 'num' }, t('order.lineTotal')),
        ),
      ),
      h(
        'tbody',
        {},
        lines.map(({ sku, name, quantity, unitPrice, lineTotal }) =>
          h(
            'tr',
            {},
            h('td', { class: 'num' }, `${number(quantity)} ×`),
            h('td', {}, name),
            h('td', { class: 'soft' }, sku),
            h('td', { class: 'num', 'data-label': t('order.unitPrice') }, money(unitPrice, currency)),
            h('td', { class: 'num' }, money(lineTotal, currency)),
          ),
        ),
      ),
      h(
        'tfoot',
        {},
        sums.map(([name, sum]) =>
          h(
            'tr',
            { class: name === 'grand' ? 'grand' : null },
            h(
              'th',
              { scope: 'row', colspan: '4' },
              isKey(`order.${name}`) ? t(/** @type {'order.items'} */ (`order.${name}`)) : name,
            ),
            h('td', { class: 'num' }, money(sum, currency)),
          ),
        ),
      ),
    ),
  );
}

/** @param {OrderDetails} details @param {string} currency */
function paymentLines({ payments }, currency) {
  return payments.map(({ method, amount, paidAt }) =>
    h('div', {}, `${method} · ${money(amount, currency)}`, paidAt !== null && [' · ', timeElement(paidAt)]),
  );
}

/** @param {OrderDetails} details */
function customer(details) {
  const { buyer, email, phone, address, buyerNote } = details;
  const isHidden = [buyer, email, phone, address, buyerNote].some(
    (value) => value !== null && typeof value === 'object',
  );
  return h(
    'div',
    {},
    h('h4', {}, t('order.customer')),
    list([
      buyer !== null && [t('order.buyer'), personal(buyer)],
      phone !== null && [t('order.phone'), personal(phone)],
      email !== null && [t('order.email'), personal(email)],
      address !== null && [t('order.address'), personal(address)],
      buyerNote !== null && [t('order.buyerNote'), personal(buyerNote)],
    ]),
    isHidden && h('p', { class: 'soft small' }, t('order.hiddenText')),
  );
}

/** @param {Personal} value */
export function personal(value) {
  if (value !== null && typeof value === 'object') return h('span', { class: 'hidden-value' }, t('order.hidden'));
  return value ?? '';
}

/** @param {string} status */
export function statusWords(status) {
  const key = `status.${status}`;
  return isKey(key) ? t(key) : status;
}

/** @param {(false | [string, Child])[]} rows */
export function list(rows) {
  return h(
    'dl',
    { class: 'facts' },
    rows.flatMap((row) => (row === false ? [] : [h('div', {}, h('dt', {}, row[0]), h('dd', {}, row[1]))])),
  );
}
