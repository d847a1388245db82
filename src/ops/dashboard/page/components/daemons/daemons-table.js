import { h } from 'preact';
import { filled, html } from '../../html.js';
import { duration, number, UNSAID } from '../../language/format.js';
import { isKey, reasonWords, t } from '../../language/words.js';
import { Icon } from '../icon.js';
import { ScrollTable } from '../table.js';
import { Ago, Time } from '../times.js';

/** @import { Consumption, ListedDaemon } from '../../../messages.ts' */

/** The daemons of one shop. @param {{ shop: string, daemons: readonly ListedDaemon[], self: string }} props */
export function DaemonsTable({ shop, daemons, self }) {
  const title = t('daemons.ofShop', { shop });
  const names = [
    t('daemons.state'),
    t('daemons.where'),
    t('daemons.version'),
    t('daemons.up'),
    t('daemons.inHand'),
    t('daemons.waiting'),
    t('daemons.lastOrder'),
    t('daemons.lag'),
  ];
  return html`
    <section class="card daemons">
      <h3>${title}</h3>
      ${h(
        ScrollTable,
        { label: title, class: 'parcels' },
        html`
          <thead><tr>${names.map((name) => html`<th key=${name} scope="col">${name}</th>`)}</tr></thead>
          <tbody>
            ${daemons.map((daemon) => h(DaemonRow, { key: daemon.id, daemon, names, isSelf: daemon.id === self }))}
          </tbody>
        `,
      )}
    </section>
  `;
}

/** @param {{ daemon: ListedDaemon, names: readonly string[], isSelf: boolean }} props */
function DaemonRow({ daemon, names, isSelf }) {
  const { isOutdated, isSilent, report } = daemon;
  const { host, pid, version, startedAt, queue, prefetch, inFlight, waiting, lastOrderAt, lagMs } = report;
  const cells = [
    h(State, { daemon }),
    html`<span class="place">${host}</span> · ${pid}${isSelf && html` <span class="soft">${t('daemons.self')}</span>`}`,
    html`${version}${isOutdated && html` <span class="bad">${t('daemons.outdated')}</span>`}`,
    h(Ago, { instant: startedAt }),
    t('daemons.ofPrefetch', { n: inFlight, prefetch: number(prefetch) }),
    waiting === null ? t('figures.unknown') : t('daemons.inQueue', { n: waiting, queue }),
    lastOrderAt === null ? t('figures.noOrder') : h(Ago, { instant: lastOrderAt }),
    lagMs === null ? UNSAID : duration(lagMs),
  ];
  return html`
    <tr class=${isSilent ? 'is-silent' : ''}>
      ${cells.map((cell, index) => html`<td key=${index} data-label=${names[index]}>${cell}</td>`)}
    </tr>
  `;
}

/** @param {{ daemon: ListedDaemon }} props */
function State({ daemon: { isSilent, seenAt, report } }) {
  const { state, since: stateSince, reason, pause } = report.consumption;
  const instant = isSilent ? seenAt : stateSince;
  const since = filled(t('state.since'), { time: h(Time, { instant }), ago: h(Ago, { instant }) });
  const known = isKey(`state.${state}`) ? /** @type {Consumption['state']} */ (state) : undefined;
  const words = isSilent ? t('daemons.silent') : known === undefined ? state : t(`state.${known}`);
  const isBad = isSilent || !['running', 'starting', 'held', 'draining'].includes(state);
  return html`
    <span class=${isBad ? 'bad' : ''}>
      ${h(Icon, { name: isSilent ? 'disconnected' : (known ?? 'unknown') })}<strong>${words}</strong>
    </span>
    <span class="soft since">${since}</span>
    ${!isSilent && reason !== undefined && html`<span class="soft since">${reasonWords(reason)}</span>`}
    ${!isSilent && pause !== undefined && html`<span class="soft since">${t('daemons.pausedBy', { by: pause.by })}</span>`}
  `;
}
