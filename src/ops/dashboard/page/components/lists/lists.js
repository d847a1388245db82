import { currentLanguage } from '../../language/words.js';

/** @import { CountedList } from '../../../list-messages.ts' */
/** @typedef {CountedList | 'today' | 'synced' | 'placed' | 'all'} ListName */
/**
 * @typedef {'order' | 'state' | 'changed' | 'fulfilment' | 'status' | 'total' | 'placed' | 'activity' | 'since' | 'next' |
 *   'attempts' | 'error'} ColumnName
 */
/**
 * @typedef {object} List
 * @property {Readonly<Record<string, string>>} criteria as the daemon is asked
 * @property {readonly ColumnName[]} columns
 */

/** @type {Readonly<Record<ListName, List>>} */
export const LISTS = {
  today: { criteria: { by: 'placed' }, columns: ['order', 'state', 'status', 'total', 'placed'] },
  conflicts: { criteria: { conflicts: 'true' }, columns: ['order', 'changed', 'fulfilment', 'status', 'since'] },
  mismatch: {
    criteria: { mismatch: 'true', by: 'placed' },
    columns: ['order', 'status', 'total', 'placed'],
  },
  retrying: { criteria: { state: 'retrying' }, columns: ['order', 'error', 'attempts', 'next'] },
  undelivered: { criteria: { undelivered: 'true' }, columns: ['order', 'state', 'error', 'activity'] },
  'dead-lettered': { criteria: { state: 'dead-lettered' }, columns: ['order', 'error', 'attempts', 'activity'] },
  discarded: { criteria: { state: 'discarded' }, columns: ['order', 'error', 'attempts', 'activity'] },
  synced: { criteria: { state: 'synced' }, columns: ['order', 'status', 'total', 'activity'] },
  placed: { criteria: { by: 'placed' }, columns: ['order', 'state', 'status', 'total', 'placed'] },
  all: { criteria: {}, columns: ['order', 'state', 'status', 'total', 'activity'] },
};

/** @type {readonly ListName[]} */
export const LIST_NAMES = /** @type {ListName[]} */ (Object.keys(LISTS));

/** Days in the reader's zone, as in an address; '' is open. @typedef {{ readonly from: string, readonly to: string }} Range */

/** @param {string} query @returns {Range} */
export function readRange(query) {
  const parameters = new URLSearchParams(query);
  return { from: parameters.get('from') ?? '', to: parameters.get('to') ?? '' };
}

/** @param {ListName} name @param {Range} [range] */
export function listLink(name, range = { from: '', to: '' }) {
  const query = new URLSearchParams(Object.entries(range).filter(([, day]) => day !== '')).toString();
  return `#/lists/${name}${query === '' ? '' : `?${query}`}`;
}

/** What the daemon is asked for. @param {ListName} name @param {Range} range @returns {URLSearchParams} */
export function listQuery(name, { from, to }) {
  const query = new URLSearchParams(LISTS[name].criteria);
  const since = name === 'today' ? midnight(new Date()) : dayIn(from, 0);
  const until = name === 'today' ? null : dayIn(to, 1);
  if (since !== null) query.set('since', since);
  if (until !== null) query.set('until', until);
  return query;
}

/** The same as a file, in the reader's language and zone. @param {URLSearchParams} query @param {boolean} withPersonal */
export function fileLink(query, withPersonal) {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const file = new URLSearchParams([...query, ['language', currentLanguage()], ['zone', timeZone]]);
  if (withPersonal) file.set('personal', 'true');
  return `/api/order-list.csv?${file}`;
}

/** `orders-today-2026-11-22.csv` @param {ListName} name */
export function fileName(name) {
  const now = new Date();
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return `orders-${name}-${parts.map((part) => String(part).padStart(2, '0')).join('-')}.csv`;
}

/** When that day begins, or the one after. What is no day goes to the daemon as it is, which says so. @param {string} day @param {0 | 1} after */
function dayIn(day, after) {
  if (day === '') return null;
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  return year === undefined ? day : midnight(new Date(Number(year), Number(month) - 1, Number(date) + after));
}

/** @param {Date} time */
function midnight(time) {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).toISOString();
}
