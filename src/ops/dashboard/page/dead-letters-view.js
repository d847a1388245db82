import { get, post } from './api.js';
import { confirmed } from './confirm.js';
import { fill, h } from './dom.js';
import { agoElement, number, timeElement } from './format.js';
import { icon } from './icons.js';
import { failure, loading } from './notices.js';
import { list, personal } from './order-card.js';
import { state } from './store.js';
import { reasonWords, t, todoWords } from './words.js';

/** @import { DeadLetterDetails, DeadLetterList, DeadLettersSettled } from '../messages.ts' */
/** @typedef {DeadLetterList['deadLetters'][number]} DeadLetter */
/** @typedef {{ ids: string[] } | { reason: string } | { all: true }} Wanted */
/** @typedef {(action: 'replay' | 'discard', wanted: Wanted, n: number) => Promise<void>} Act */

const ROWS_AT_FIRST = 10;

/** The events that need a person: grouped by reason, with what to do. */
export function createDeadLettersView() {
  const head = h('div', { class: 'dead-letters-head' });
  const message = h('div', { role: 'status' });
  const groups = h('div', { class: 'groups' });
  const element = h(
    'div',
    { class: 'column wide' },
    h('h2', {}, t('deadLetters.title')),
    h('p', { class: 'soft' }, t('deadLetters.intro')),
    head,
    message,
    groups,
  );
  /** @type {DeadLetterList | null} */
  let shown = null;

  async function load() {
    if (shown === null) fill(groups, loading());
    try {
      shown = await get('/api/dead-letters');
      draw();
    } catch (error) {
      fill(groups, failure(error, load));
    }
  }

  function draw() {
    if (shown === null) return;
    const { count, deadLetters } = shown;
    drawHead();
    if (count === 0) {
      fill(
        groups,
        h(
          'div',
          { class: 'card verdict verdict-synced' },
          icon('synced'),
          h('div', {}, h('h3', {}, t('deadLetters.none')), h('p', {}, t('deadLetters.noneText'))),
        ),
      );
      return;
    }
    const isWhole = deadLetters.length === count;
    const byReason = Map.groupBy(deadLetters, ({ reason }) => reason);
    const sorted = [...byReason].toSorted(([, a], [, b]) => b.length - a.length);
    fill(
      groups,
      sorted.map(([reason, members]) => group(reason, members, isWhole, act)),
    );
  }

  function drawHead() {
    if (shown === null) return;
    const { count, deadLetters } = shown;
    const isWhole = deadLetters.length === count;
    const now = state.snapshot?.figures.deadLetters;
    const isNewer = typeof now === 'number' && now !== count;
    /** @type {Wanted} */
    const all = isWhole ? { ids: deadLetters.map(({ id }) => id) } : { all: true };
    fill(
      head,
      h(
        'p',
        {},
        count > 0 && h('strong', {}, t('deadLetters.count', { n: count })),
        count > 0 && !isWhole && ` ${t('deadLetters.partial', { n: deadLetters.length })}`,
        isNewer && ` ${t('deadLetters.newer')}`,
      ),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', onclick: load }, icon('retrying'), t('deadLetters.refresh')),
        count > 0 &&
          buttons(all, count, act, t('deadLetters.replayAll', { n: count }), t('deadLetters.discardAll', { n: count })),
      ),
      count > 0 &&
        state.session.role !== 'operator' &&
        h('p', { class: 'notice' }, t(state.session.asksForToken ? 'deadLetters.readOnly' : 'deadLetters.noToken')),
    );
  }

  /** @type {Act} */
  async function act(action, wanted, n) {
    const isGrave = action === 'discard';
    const yes = await confirmed({
      title: t(isGrave ? 'deadLetters.confirmDiscard' : 'deadLetters.confirmReplay', { n }),
      text: t(isGrave ? 'deadLetters.confirmDiscardText' : 'deadLetters.confirmReplayText', { n }),
      go: t(isGrave ? 'deadLetters.discard' : 'deadLetters.replay'),
      isGrave,
    });
    if (!yes) return;
    fill(message, loading());
    try {
      fill(message, settledWords(action, await post(`/api/dead-letters/${action}`, wanted)));
    } catch (error) {
      fill(
        message,
        failure(error, () => fill(message)),
      );
    }
    await load();
  }

  let told = '';
  return {
    element,
    update() {
      // Others may act too. The list itself stays as it is under the reader's hand.
      const now = String(state.snapshot?.figures.deadLetters);
      if (now !== told) drawHead();
      told = now;
    },
    show() {
      void load();
    },
  };
}

/** @param {'replay' | 'discard'} action @param {DeadLettersSettled} settled */
function settledWords(action, { done, unmatched, error }) {
  const words = [
    t(action === 'replay' ? 'deadLetters.replayed' : 'deadLetters.discarded', { n: done }),
    unmatched.length > 0 && t('deadLetters.unmatched', { n: unmatched.length }),
    error !== undefined && t('deadLetters.stopped', { error }),
  ];
  return h(
    'p',
    { class: error === undefined ? 'notice notice-good' : 'notice notice-bad' },
    icon(error === undefined ? 'synced' : 'stuck'),
    words.filter(Boolean).join(' '),
  );
}

/** @param {string} reason @param {readonly DeadLetter[]} deadLetters @param {boolean} isWhole @param {Act} act */
function group(reason, deadLetters, isWhole, act) {
  const body = h('tbody');
  const more = h('button', { type: 'button', class: 'more-rows' }, t('deadLetters.more', { n: deadLetters.length }));
  const drawRows = (/** @type {number} */ limit) => {
    fill(
      body,
      deadLetters.slice(0, limit).flatMap((deadLetter) => rows(deadLetter, act)),
    );
    more.hidden = deadLetters.length <= limit;
  };
  more.addEventListener('click', () => drawRows(deadLetters.length));
  drawRows(ROWS_AT_FIRST);
  const id = `reason-${reason}`;
  const columns = ['order', 'event', 'attempts', 'failed', 'action'];
  return h(
    'section',
    { class: 'card group', 'aria-labelledby': id },
    h(
      'header',
      {},
      h('h3', { id }, h('span', { class: 'count' }, number(deadLetters.length)), ' ', reasonWords(reason)),
      h(
        'div',
        { class: 'actions' },
        deadLetters.length > 1 &&
          buttons(
            isWhole ? { ids: deadLetters.map((deadLetter) => deadLetter.id) } : { reason },
            deadLetters.length,
            act,
            t('deadLetters.replayAll', { n: deadLetters.length }),
            t('deadLetters.discardAll', { n: deadLetters.length }),
          ),
      ),
    ),
    h('p', { class: 'todo' }, h('strong', {}, t('deadLetters.todo')), ' ', todoWords(reason)),
    h(
      'table',
      { class: 'dead-letters' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          columns.map((name) =>
            h('th', { scope: 'col' }, t(/** @type {'deadLetters.order'} */ (`deadLetters.${name}`))),
          ),
        ),
      ),
      body,
    ),
    more,
  );
}

/** A dead letter's row, and the one below it that opens. @param {DeadLetter} deadLetter @param {Act} act */
function rows(deadLetter, act) {
  const { id, order, event, attempts, lastFailedAt } = deadLetter;
  const name = order ?? t('deliveries.nameless');
  const details = h('td', { colspan: '5' });
  const below = h('tr', { class: 'details', hidden: true }, details);
  const open = h(
    'button',
    { type: 'button', 'aria-expanded': 'false', 'aria-label': `${t('deadLetters.show')}: ${name}` },
    t('deadLetters.show'),
  );
  open.addEventListener('click', () => {
    below.hidden = !below.hidden;
    open.setAttribute('aria-expanded', String(!below.hidden));
    open.textContent = t(below.hidden ? 'deadLetters.show' : 'deadLetters.hide');
    open.setAttribute('aria-label', `${open.textContent}: ${name}`);
    if (!below.hidden) void showDetails(id, details);
  });
  const row = h(
    'tr',
    {},
    h(
      'td',
      { class: 'order', 'data-label': t('deadLetters.order') },
      order === null
        ? h('span', { class: 'soft' }, name)
        : h('a', { href: `#/orders/${encodeURIComponent(order)}` }, order),
    ),
    h('td', { 'data-label': t('deadLetters.event') }, event === null ? '–' : t(`event.${event}`)),
    h('td', { 'data-label': t('deadLetters.attempts') }, attempts === null ? '–' : number(attempts)),
    h('td', { 'data-label': t('deadLetters.failed') }, lastFailedAt === null ? '–' : agoElement(lastFailedAt)),
    h(
      'td',
      { class: 'actions' },
      open,
      buttons({ ids: [id] }, 1, act, t('deadLetters.replay'), t('deadLetters.discard'), name),
    ),
  );
  return [row, below];
}

/**
 * @param {Wanted} wanted @param {number} n @param {Act} act @param {string} replay @param {string} discard
 * @param {string} [what] for those who do not see where the button stands
 */
function buttons(wanted, n, act, replay, discard, what) {
  if (state.session.role !== 'operator') return [];
  const label = (/** @type {string} */ words) => (what === undefined ? null : `${words}: ${what}`);
  return [
    h('button', { type: 'button', 'aria-label': label(replay), onclick: () => act('replay', wanted, n) }, replay),
    h(
      'button',
      { type: 'button', class: 'quiet-grave', 'aria-label': label(discard), onclick: () => act('discard', wanted, n) },
      discard,
    ),
  ];
}

/** @param {string} id @param {HTMLElement} place */
async function showDetails(id, place) {
  fill(place, loading());
  try {
    /** @type {DeadLetterDetails} */
    const deadLetter = await get(`/api/dead-letters/${encodeURIComponent(id)}`);
    const instant = (/** @type {string | null} */ at) => (at === null ? '–' : timeElement(at));
    const notes = [
      t('deadLetters.bytes', { n: deadLetter.bytes }),
      !deadLetter.isText && t('deadLetters.base64'),
      deadLetter.isCut && t('deadLetters.cut'),
    ];
    fill(
      place,
      list([
        [t('deadLetters.error'), deadLetter.error ?? '–'],
        [t('deadLetters.published'), instant(deadLetter.publishedAt)],
        [t('deadLetters.first'), instant(deadLetter.firstFailedAt)],
        [t('deadLetters.failed'), instant(deadLetter.lastFailedAt)],
        [
          `${t('deadLetters.content')} (${notes.filter(Boolean).join(', ')})`,
          h('pre', { tabindex: '0' }, personal(deadLetter.content)),
        ],
      ]),
    );
  } catch (error) {
    fill(
      place,
      failure(error, () => showDetails(id, place)),
    );
  }
}
