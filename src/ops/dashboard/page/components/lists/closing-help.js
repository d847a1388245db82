import { html } from '../../html.js';
import { t } from '../../language/words.js';
import { useStore } from '../../state/store.js';

/** How a conflict is closed, for those who keep the database. */
export function ClosingHelp() {
  const shop = useStore(({ session }) => session?.shop ?? '');
  const statement = `UPDATE orders SET cancel_conflict = FALSE\n WHERE shop = '${shop.replaceAll("'", "''")}' AND order_number = '…';`;
  return html`
    <details class="closing">
      <summary>${t('lists.close')}</summary>
      <p>${t('lists.closeText')}</p>
      <pre tabindex="0">${statement}</pre>
    </details>
  `;
}
