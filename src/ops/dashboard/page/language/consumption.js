import { time } from './times.js';
import { isKey, locale, sentences, t } from './words.js';

/** @import { Consumption } from '../../messages.ts' */

/** What the daemon is doing, in a few sentences. @param {Consumption} consumption */
export function consumptionWords(consumption) {
  const { state, pause } = consumption;
  return sentences([state !== 'held' && stateWords(consumption), pause !== undefined && pauseWords(pause)]);
}

/** @param {Consumption} consumption */
function stateWords({ state, reason, said = '' }) {
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
  return words.length === 0 ? said : new Intl.ListFormat(locale()).format(words);
}

/** Who has paused, until when and why. @param {NonNullable<Consumption['pause']>} pause */
export function pauseWords({ by, until, reason }) {
  return sentences([
    until === null ? t('state.held.text', { by }) : t('state.held.until', { by, time: time(until) }),
    reason !== null && t('state.held.reason', { reason }),
  ]);
}
