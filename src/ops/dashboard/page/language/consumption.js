import { time } from './times.js';
import { reasonWords, sentences, t } from './words.js';

/** @import { Consumption } from '../../messages.ts' */

/** What the daemon is doing, in a sentence or two. @param {Consumption} consumption */
export function consumptionWords({ state, dependency, reason, said = '', pause }) {
  if (pause !== undefined) return pauseWords(pause);
  if (state === 'refused') return t('state.refused.text', { said });
  if (state !== 'paused' || dependency === undefined) return t(`state.${state}.text`);
  return t(`state.paused.${dependency}`, { reason: reasonWords(reason ?? '') });
}

/** @param {NonNullable<Consumption['pause']>} pause */
function pauseWords({ by, until, reason }) {
  return sentences([
    until === null ? t('state.held.text', { by }) : t('state.held.until', { by, time: time(until) }),
    reason !== null && t('state.held.reason', { reason }),
  ]);
}
