import { h } from 'preact';
import { useState } from 'preact/hooks';
import { html } from '../../html.js';
import { t } from '../../language/words.js';
import { useStore } from '../../state/store.js';
import { Icon } from '../icon.js';
import { fileLink, fileName } from './lists.js';

/** @import { ListName } from './lists.js' */

/** All pages of the list as a file. @param {{ name: ListName, query: URLSearchParams }} props */
export function ExportLink({ name, query }) {
  const isOperator = useStore(({ session }) => session?.role === 'operator');
  const [withPersonal, setWithPersonal] = useState(false);
  return html`
    <div class="export">
      <a class="icon-button" href=${fileLink(query, isOperator && withPersonal)} download=${fileName(name)}>
        ${h(Icon, { name: 'download' })}${t('lists.export')}
      </a>
      ${
        isOperator &&
        html`<label>
          <input type="checkbox" checked=${withPersonal} onChange=${() => setWithPersonal(!withPersonal)} />
          ${t('lists.withPersonal')}
        </label>`
      }
    </div>
  `;
}
