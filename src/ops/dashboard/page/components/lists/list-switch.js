import { html } from '../../html.js';
import { number } from '../../language/format.js';
import { t } from '../../language/words.js';
import { useStore } from '../../state/store.js';
import { LIST_NAMES, listLink } from './lists.js';

/** @import { OrderCounts } from '../../../list-messages.ts' */
/** @import { ListName } from './lists.js' */

/** Which list. @param {{ current: ListName, counts: OrderCounts | null }} props */
export function ListSwitch({ current, counts }) {
  // Counted again twice a second.
  const conflicts = useStore(({ snapshot }) => snapshot?.figures.conflicts ?? null);
  const known = counts === null ? null : { ...counts.counts, ...(conflicts === null ? {} : { conflicts }) };
  const names = LIST_NAMES.filter(
    (name) => name !== 'undelivered' || name === current || (known?.undelivered ?? null) !== null,
  );
  /** @param {ListName} name */
  const count = (name) => {
    const n = known !== null && Object.hasOwn(known, name) ? known[/** @type {keyof typeof known} */ (name)] : null;
    if (n === null || n === 0) return null;
    const text = n === counts?.atMost ? t('lists.atMost', { n }) : number(n);
    return html` <span class="list-count ${name === 'conflicts' ? 'is-urgent' : ''}">${text}</span>`;
  };
  return html`
    <div role="navigation" aria-label=${t('lists.label')}>
      <ul class="list-switch">
        ${names.map(
          (name) => html`
            <li key=${name}>
              <a href=${listLink(name)} aria-current=${name === current ? 'true' : null}>${t(`list.${name}`)}${count(name)}</a>
            </li>
          `,
        )}
      </ul>
    </div>
  `;
}
