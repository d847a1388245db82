import { h } from 'preact';
import { html } from '../../html.js';
import { duration, number, numberOrUnknown } from '../../language/format.js';
import { time } from '../../language/times.js';
import { t } from '../../language/words.js';
import { Icon } from '../icon.js';
import { Ago } from '../times.js';

/** @import { ComponentChildren } from 'preact' */
/** @import { Figures as FiguresShown } from '../../../messages.ts' */

/** The day's first bucket is cut off somewhere. */
const FIRST_BUCKET_MS = 15 * 60_000;

/** @param {{ figures: FiguresShown, knownSince: number }} props */
export function Figures({ figures, knownSince }) {
  const {
    lastOrderAt,
    webhooks,
    lastHour,
    lastDay,
    waiting,
    inFlight,
    retrying,
    deadLetters,
    heldBack,
    unknownBecause,
  } = figures;
  const isWholeDay = knownSince <= lastDay.at + FIRST_BUCKET_MS;
  return html`
    <dl class="figures ${webhooks === null ? '' : 'has-webhooks'}" aria-label=${t('figures.label')}>
      ${figure(
        t('figures.lastOrder'),
        lastOrderAt === null ? t('figures.noOrder') : h(Ago, { instant: lastOrderAt }),
        lastOrderAt === null ? '' : t('figures.at', { time: time(lastOrderAt) }),
      )}
      ${webhooks && webhookFigure(webhooks)}
      ${figure(
        t('figures.orders'),
        number(lastHour.orders),
        isWholeDay
          ? t('figures.ordersDay', { n: lastDay.orders })
          : t('figures.ordersSince', { n: lastDay.orders, time: time(knownSince) }),
      )}
      ${figure(
        t('figures.median'),
        lastHour.p50 === null ? '–' : duration(lastHour.p50),
        lastHour.p95 === null ? t('figures.noTimes') : t('figures.p95', { time: duration(lastHour.p95) }),
      )}
      ${figure(t('figures.waiting'), numberOrUnknown(waiting), t('figures.inFlight', { n: inFlight }))}
      ${figure(t('figures.retrying'), numberOrUnknown(retrying), retryNote(retrying, heldBack))}
      ${deadLetterFigure(deadLetters)}
    </dl>
    ${unknownBecause !== null && html`<p class="unknown-because">${t('figures.unknownBecause', { problem: unknownBecause })}</p>`}
  `;
}

/** @param {NonNullable<FiguresShown['webhooks']>} webhooks */
function webhookFigure({ lastAt, spooled }) {
  const value = lastAt === null ? t('figures.noWebhook') : h(Ago, { instant: lastAt });
  const at = lastAt === null ? '' : t('figures.at', { time: time(lastAt) });
  return figure(t('figures.lastWebhook'), value, spooled === 0 ? at : t('figures.spooled', { n: spooled }));
}

/** @param {number | null} retrying @param {number | null} heldBack */
function retryNote(retrying, heldBack) {
  if (heldBack) return t('figures.heldBack', { n: heldBack });
  return retrying ? t('figures.retryingText') : '';
}

/** @param {number | null} n */
function deadLetterFigure(n) {
  if (n === null || n === 0) {
    return figure(t('figures.deadLetters'), numberOrUnknown(n), n === null ? '' : t('figures.deadLettersNone'));
  }
  const link = html`<a href="#/dead-letters">${h(Icon, { name: 'warning' })}${number(n)}</a>`;
  return figure(t('figures.deadLetters'), link, t('figures.deadLettersText', { n }), 'needs-someone');
}

/** @param {string} name @param {ComponentChildren} value @param {string} more @param {string} [kind] */
function figure(name, value, more, kind = '') {
  return html`
    <div class="figure ${kind}"><dt>${name}</dt><dd class="value">${value}</dd><dd class="more">${more}</dd></div>
  `;
}
