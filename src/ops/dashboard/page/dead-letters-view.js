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
/** @typedef {DeadLetterList['letters'][number]} Letter */
/** @typedef {{ ids: string[] } | { reason: string } | { all: true }} Wanted */
/** @typedef {(action: 'replay' | 'discard', wanted: Wanted, n: number) => Promise<void>} Act */

const ROWS_AT_FIRST = 10;

/** The events that need a person: grouped by reason, with what to do. */
export function createLettersView() {
  const head = h('div', { class: 'letters-head' });
  const message = h('div', { role: 'status' });
  const groups = h('div', { class: 'groups' });
  const element = h(
    'div',
    { class: 'column wide' },
    h('h2', {}, t('letters.title')),
    h('p', { class: 'soft' }, t('letters.intro')),
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
    const { count, letters } = shown;
    drawHead();
    if (count === 0) {
      fill(
        groups,
        h(
          'div',
          { class: 'card verdict verdict-synced' },
          icon('synced'),
          h('div', {}, h('h3', {}, t('letters.none')), h('p', {}, t('letters.noneText'))),
        ),
      );
      return;
    }
    const isWhole = letters.length === count;
    const byReason = Map.groupBy(letters, ({ reason }) => reason);
    const sorted = [...byReason].toSorted(([, a], [, b]) => b.length - a.length);
    fill(
      groups,
      sorted.map(([reason, members]) => group(reason, members, isWhole, act)),
    );
  }

  function drawHead() {
    if (shown === null) return;
    const { count, letters } = shown;
    const isWhole = letters.length === count;
    const now = state.snapshot?.figures.deadLetters;
    const isNewer = typeof now === 'number' && now !== count;
    /** @type {Wanted} */
    const all = isWhole ? { ids: letters.map(({ id }) => id) } : { all: true };
    fill(
      head,
      h(
        'p',
        {},
        count > 0 && h('strong', {}, t('letters.count', { n: count })),
        count > 0 && !isWhole && ` ${t('letters.partial', { n: letters.length })}`,
        isNewer && ` ${t('letters.newer')}`,
      ),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', onclick: load }, icon('retrying'), t('letters.refresh')),
        count > 0 &&
          buttons(all, count, act, t('letters.replayAll', { n: count }), t('letters.discardAll', { n: count })),
      ),
      count > 0 &&
        state.session.role !== 'operator' &&
        h('p', { class: 'notice' }, t(state.session.asksForToken ? 'letters.readOnly' : 'letters.noToken')),
    );
  }

  /** @type {Act} */
  async function act(action, wanted, n) {
    const isGrave = action === 'discard';
    const yes = await confirmed({
      title: t(isGrave ? 'letters.confirmDiscard' : 'letters.confirmReplay', { n }),
      text: t(isGrave ? 'letters.confirmDiscardText' : 'letters.confirmReplayText', { n }),
      go: t(isGrave ? 'letters.discard' : 'letters.replay'),
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
    t(action === 'replay' ? 'letters.replayed' : 'letters.discarded', { n: done }),
    unmatched.length > 0 && t('letters.unmatched', { n: unmatched.length }),
    error !== undefined && t('letters.stopped', { error }),
  ];
  return h(
    'p',
    { class: error === undefined ? 'notice notice-good' : 'notice notice-bad' },
    icon(error === undefined ? 'synced' : 'stuck'),
    words.filter(Boolean).join(' '),
  );
}

/** @param {string} reason @param {readonly Letter[]} letters @param {boolean} isWhole @param {Act} act */
function group(reason, letters, isWhole, act) {
  const body = h('tbody');
  const more = h('button', { type: 'button', class: 'more-rows' }, t('letters.more', { n: letters.length }));
  const drawRows = (/** @type {number} */ limit) => {
    fill(
      body,
      letters.slice(0, limit).flatMap((letter) => rows(letter, act)),
    );
    more.hidden = letters.length <= limit;
  };
  more.addEventListener('click', () => drawRows(letters.length));
  drawRows(ROWS_AT_FIRST);
  const id = `reason-${reason}`;
  const columns = ['order', 'event', 'attempts', 'failed', 'action'];
  return h(
    'section',
    { class: 'card group', 'aria-labelledby': id },
    h(
      'header',
      {},
      h('h3', { id }, h('span', { class: 'count' }, number(letters.length)), ' ', reasonWords(reason)),
      h(
        'div',
        { class: 'actions' },
        letters.length > 1 &&
          buttons(
            isWhole ? { ids: letters.map((letter) => letter.id) } : { reason },
            letters.length,
            act,
            t('letters.replayAll', { n: letters.length }),
            t('letters.discardAll', { n: letters.length }),
          ),
      ),
    ),
    h('p', { class: 'todo' }, h('strong', {}, t('letters.todo')), ' ', todoWords(reason)),
    h(
      'table',
      { class: 'letters' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          columns.map((name) => h('th', { scope: 'col' }, t(/** @type {'letters.order'} */ (`letters.${name}`)))),
        ),
      ),
      body,
    ),
    more,
  );
}

/** A letter's row, and the one below it that opens. @param {Letter} letter @param {Act} act */
function rows(letter, act) {
  const { id, order, event, attempts, lastFailedAt } = letter;
  const name = order ?? t('deliveries.nameless');
  const details = h('td', { colspan: '5' });
  const below = h('tr', { class: 'details', hidden: true }, details);
  const open = h(
    'button',
    { type: 'button', 'aria-expanded': 'false', 'aria-label': `${t('letters.show')}: ${name}` },
    t('letters.show'),
  );
  open.addEventListener('click', () => {
    below.hidden = !below.hidden;
    open.setAttribute('aria-expanded', String(!below.hidden));
    open.textContent = t(below.hidden ? 'letters.show' : 'letters.hide');
    open.setAttribute('aria-label', `${open.textContent}: ${name}`);
    if (!below.hidden) void showDetails(id, details);
  });
  const row = h(
    'tr',
    {},
    h(
      'td',
      { class: 'order', 'data-label': t('letters.order') },
      order === null
        ? h('span', { class: 'soft' }, name)
        : h('a', { href: `#/orders/${encodeURIComponent(order)}` }, order),
    ),
    h('td', { 'data-label': t('letters.event') }, event === null ? '–' : t(`event.${event}`)),
    h('td', { 'data-label': t('letters.attempts') }, attempts === null ? '–' : number(attempts)),
    h('td', { 'data-label': t('letters.failed') }, lastFailedAt === null ? '–' : agoElement(lastFailedAt)),
    h(
      'td',
      { class: 'actions' },
      open,
      buttons({ ids: [id] }, 1, act, t('letters.replay'), t('letters.discard'), name),
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
    const letter = await get(`/api/dead-letters/${encodeURIComponent(id)}`);
    const instant = (/** @type {string | null} */ at) => (at === null ? '–' : timeElement(at));
    const notes = [
      t('letters.bytes', { n: letter.bytes }),
      !letter.isText && t('letters.base64'),
      letter.isCut && t('letters.cut'),
    ];
    fill(
      place,
      list([
        [t('letters.error'), letter.error ?? '–'],
        [t('letters.published'), instant(letter.publishedAt)],
        [t('letters.first'), instant(letter.firstFailedAt)],
        [t('letters.failed'), instant(letter.lastFailedAt)],
        [
          `${t('letters.content')} (${notes.filter(Boolean).join(', ')})`,
          h('pre', { tabindex: '0' }, personal(letter.content)),
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
