import { en } from '../strings/en/index.js';
import { zh } from '../strings/zh/index.js';

/** @import { Consumption } from '../../messages.ts' */
/** @typedef {keyof typeof en} Key */
/** @typedef {'en' | 'zh'} Language */

/**
 * @typedef {object} Dictionary
 * @property {Record<Key, string>} words
 * @property {string} name
 * @property {string} tag
 * @property {string} gap between sentences
 */

/** @type {Readonly<Record<Language, Dictionary>>} */
const LANGUAGES = {
  en: { words: en, name: 'English', tag: 'en', gap: ' ' },
  zh: { words: zh, name: '中文', tag: 'zh-CN', gap: '' },
};

/** @type {Language} */
let language = 'en';
let tag = 'en';
let numbers = new Intl.NumberFormat(tag);

/** @returns {[Language, string][]} */
export function languages() {
  return [
    ['en', LANGUAGES.en.name],
    ['zh', LANGUAGES.zh.name],
  ];
}

/**
 * The wanted language or, if none is wanted, the first of the browser's that exists here. Numbers and times follow the
 * browser's own form of it: `en-GB` rather than `en`.
 *
 * @param {string | null} wanted
 * @param {readonly string[]} offered
 */
export function chooseLanguage(wanted, offered) {
  const known = (/** @type {string} */ name) => (/^zh\b/i.test(name) ? 'zh' : /^en\b/i.test(name) ? 'en' : undefined);
  language = (wanted === null ? undefined : known(wanted)) ?? offered.map(known).find(Boolean) ?? 'en';
  tag = offered.find((name) => known(name) === language) ?? LANGUAGES[language].tag;
  numbers = new Intl.NumberFormat(tag);
}

/** @returns {Language} */
export function currentLanguage() {
  return language;
}

/** For Intl and the `lang` attribute. */
export function locale() {
  return tag;
}

/**
 * The words for it in the reader's language.
 *
 * @param {Key} key
 * @param {Record<string, string | number>} [values] for the `{name}`s; `n` also chooses between one and many
 */
export function t(key, values = {}) {
  const [one = '', many = one] = LANGUAGES[language].words[key].split('|');
  const n = values['n'];
  const text = typeof n === 'number' && n !== 1 ? many : one;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? numbers.format(value) : value;
  });
}

/** One after the other: Chinese has no space between sentences. @param {readonly (string | false)[]} texts */
export function sentences(texts) {
  return texts.filter((text) => text !== false).join(LANGUAGES[language].gap);
}

/** Are there words for it? @param {string} key @returns {key is Key} */
export function isKey(key) {
  return Object.hasOwn(en, key);
}

/** What a failure's reason means. @param {string} reason */
export function reasonWords(reason) {
  const key = `reason.${reason}`;
  return isKey(key) ? t(key) : reason;
}

/** What to do about it. @param {string} reason */
export function todoWords(reason) {
  const key = `todo.${reason}`;
  return isKey(key) ? t(key) : t('todo.unknown');
}

/** An order's status in the shop. @param {string} status */
export function statusWords(status) {
  const key = `status.${status}`;
  return isKey(key) ? t(key) : status;
}

/** What the daemon is doing, in a sentence or two. @param {Consumption} consumption */
export function consumptionWords({ state, reason, said = '' }) {
  const key = `outage.${reason}`;
  return t(`state.${state}.text`, {
    said: state === 'alarm' ? alarmWords(said) : said,
    outage: isKey(key) ? t(key) : '',
  }).trim();
}

const RESOURCES = /** @type {const} */ (['memory', 'disk']);

/** RabbitMQ's "low on memory & disk". @param {string} said */
function alarmWords(said) {
  const words = RESOURCES.filter((resource) => said.includes(resource)).map((resource) => t(`alarm.${resource}`));
  return words.length === 0 ? said : new Intl.ListFormat(tag).format(words);
}
