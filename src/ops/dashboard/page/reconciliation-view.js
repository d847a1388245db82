import { get, post } from './api.js';
import { fill, filled, h } from './dom.js';
import { agoElement, duration, money, number, timeElement } from './format.js';
import { icon } from './icons.js';
import { failure, loading } from './notices.js';
import { statusWords } from './order-card.js';
import { state } from './store.js';
import { t } from './words.js';

/** @import { ReconciliationAnswer, ScanAnswer } from '../messages.ts' */
/** @typedef {NonNullable<ScanAnswer['lastRun']>} Run */

const LOOK_AGAIN_MS = 1_500;
const ROWS_AT_FIRST = 10;

/** What reconciliation found the last time, and a button to run it now. */
export function createReconciliationView() {
  const message = h('div', { role: 'status' });
  const scans = h('div', { class: 'groups' });
  const element = h(
    'div',
    { class: 'column wide' },
    h('h2', {}, t('reconciliation.title')),
    h('p', { class: 'soft' }, t('reconciliation.intro')),
    message,
    scans,
  );
  let isShown = false;
  let shown = '';

  async function load() {
    if (shown === '') fill(scans, loading());
    try {
      /** @type {ReconciliationAnswer} */
      const answer = await get('/api/reconciliation');
      const text = JSON.stringify(answer);
      if (text !== shown)
        fill(
          scans,
          answer.scans.map((scan) => card(scan, run)),
        );
      shown = text;
      if (answer.scans.some(({ isRunning }) => isRunning)) setTimeout(() => isShown && load(), LOOK_AGAIN_MS);
    } catch (error) {
      shown = '';
      fill(scans, failure(error, load));
    }
  }

  /** @param {ScanAnswer['scan']} scan */
  async function run(scan) {
    try {
      await post('/api/reconciliation/run', { scan });
      fill(message);
    } catch (error) {
      fill(
        message,
        failure(error, () => fill(message)),
      );
    }
    await load();
  }

  return {
    element,
    update() {},
    show() {
      isShown = true;
      void load();
    },
    hide() {
      isShown = false;
    },
  };
}

/** @param {ScanAnswer} answer @param {(scan: ScanAnswer['scan']) => void} run */
function card({ scan, missing, everyMs, isRunning, lastRun }, run) {
  const id = `scan-${scan}`;
  const mayRun = missing === null && state.session.role === 'operator';
  return h(
    'section',
    { class: 'card group', 'aria-labelledby': id },
    h(
      'header',
      {},
      h('h3', { id }, t(`scan.${scan}`)),
      h(
        'div',
        { class: 'actions' },
        mayRun &&
          h(
            'button',
            { type: 'button', class: 'primary', disabled: isRunning, onclick: () => run(scan) },
            icon('retrying'),
            t(isRunning ? 'scan.running' : 'scan.run'),
          ),
        !mayRun && isRunning && h('span', { class: 'soft' }, t('scan.running')),
      ),
    ),
    h(
      'p',
      { class: 'soft' },
      t(`scan.${scan}.text`),
      ' ',
      everyMs === null ? t('scan.never') : t('scan.every', { time: duration(everyMs) }),
    ),
    missing !== null && h('p', { class: 'notice' }, t('scan.cannot', { missing })),
    missing === null && (lastRun === null ? h('p', { class: 'empty' }, t('scan.none')) : lastRunSection(lastRun)),
  );
}

/** @param {Run} run */
function lastRunSection(run) {
  const { startedAt, finishedAt, compared, found, known, unreadable, error, findings, days } = run;
  const discrepancies = [
    found > 0 && t('scan.found', { n: found }),
    known > 0 && t('scan.known', { n: known }),
    unreadable > 0 && t('scan.unreadable', { n: unreadable }),
    error !== null && t('scan.stopped', { error }),
  ].filter((text) => text !== false);
  const isGood = discrepancies.length === 0;
  return [
    h(
      'div',
      {
        class: `verdict verdict-${isGood ? 'synced' : error === null && known + unreadable === 0 ? 'retrying' : 'dead-lettered'}`,
      },
      icon(isGood ? 'synced' : 'stuck'),
      h(
        'div',
        {},
        isGood ? h('h4', {}, t('scan.agree')) : discrepancies.map((text) => h('h4', {}, text)),
        h(
          'p',
          { class: 'soft' },
          t('scan.compared', { n: compared }),
          ' · ',
          filled(t('scan.last'), {
            time: timeElement(finishedAt),
            ago: agoElement(finishedAt),
            took: duration(Date.parse(finishedAt) - Date.parse(startedAt)),
          }),
        ),
      ),
    ),
    days.length > 0 && daysTable(days),
    findings.length > 0 && findingsSection(findings),
  ];
}

/** The first ones; all of them when asked for. @param {Run['findings']} findings */
function findingsSection(findings) {
  const place = h('div', {}, findingsTable(findings.slice(0, ROWS_AT_FIRST)));
  const more = h('button', { type: 'button', class: 'more-rows' }, t('deadLetters.more', { n: findings.length }));
  more.hidden = findings.length <= ROWS_AT_FIRST;
  more.addEventListener('click', () => {
    fill(place, findingsTable(findings));
    more.hidden = true;
  });
  return [h('h4', {}, t('scan.findings')), place, more];
}

/** @param {Run['findings']} findings */
function findingsTable(findings) {
  return table(
    t('scan.findings'),
    [t('scan.order'), t('scan.status'), t('scan.problem'), t('scan.event')],
    findings.map(({ orderNumber, status, problem, event }) => [
      h('a', { href: `#/orders/${encodeURIComponent(orderNumber)}` }, orderNumber),
      statusWords(status),
      t(`problem.${problem}`),
      t(`finding.${event}`),
    ]),
    [],
  );
}

/** @param {Run['days']} days */
function daysTable(days) {
  return [
    h('h4', {}, t('days.title')),
    table(
      t('days.title'),
      [
        t('days.day'),
        `${t('days.shop')}: ${t('days.orders')}`,
        t('days.amount'),
        `${t('days.internal')}: ${t('days.orders')}`,
        t('days.amount'),
        t('days.verdict'),
      ],
      days.map(({ day, currency, shop, internalSystem }) => {
        const isSame = shop.orders === internalSystem.orders && shop.total === internalSystem.total;
        return [
          day,
          number(shop.orders),
          money(shop.total, currency),
          number(internalSystem.orders),
          money(internalSystem.total, currency),
          h(
            'span',
            { class: isSame ? 'same' : 'differ' },
            icon(isSame ? 'synced' : 'stuck'),
            t(isSame ? 'days.same' : 'days.differ'),
          ),
        ];
      }),
      [1, 2, 3, 4],
    ),
  ];
}

/** @param {string} label @param {string[]} heads @param {(Node | string)[][]} rows @param {number[]} numeric columns */
function table(label, heads, rows, numeric) {
  const kind = (/** @type {number} */ column) => (numeric.includes(column) ? 'num' : null);
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heads.map((head, column) => h('th', { scope: 'col', class: kind(column) }, head)),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((cells) =>
          h(
            'tr',
            {},
            cells.map((value, column) => h('td', { class: kind(column) }, value)),
          ),
        ),
      ),
    ),
  );
}
