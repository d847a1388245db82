import { time } from './times.js';
import { reasonWords, sentences, t } from './words.js';

/** @import { Consumption } from '../../messages.ts' */

/** What the daemon is doing, in a few sentences. @param {Consumption} consumption */
export function consumptionWords(consumption) {
  const { state, pause } = consumption;
  return sentences([state !== 'held' && stateWords(consumption), pause !== undefined && pauseWords(pause)]);
}

/** @param {Consumption} consumption */
function stateWords({ state, dependency, reason, said = '' }) {
  if (state === 'refused') return t('state.refused.text', { said });
  if (state !== 'paused' || dependency === undefined) return t(`state.${state}.text`);
  return t(`state.paused.${dependency}`, { reason: reasonWords(reason ?? '') });
}

/** Who has paused, until when and why. @param {NonNullable<Consumption['pause']>} pause */
export function pauseWords({ by, until, reason }) {
  return sentences([
    until === null ? t('state.held.text', { by }) : t('state.held.until', { by, time: time(until) }),
    reason !== null && t('state.held.reason', { reason }),
  ]);
}
