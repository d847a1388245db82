import { h } from './dom.js';
import { t } from './words.js';

/**
 * Asks before something is done.
 *
 * @param {{ title: string, text: string, go: string, isGrave: boolean }} question `go` is what the button says that does it
 * @returns {Promise<boolean>}
 */
export function confirmed({ title, text, go, isGrave }) {
  const { promise, resolve } = Promise.withResolvers();
  const dialog = /** @type {HTMLDialogElement} */ (
    h(
      'dialog',
      { class: 'confirm', 'aria-labelledby': 'confirm-title' },
      h('h2', { id: 'confirm-title' }, title),
      h('p', {}, text),
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'button', onclick: () => dialog.close('no') }, t('app.cancel')),
        h('button', { type: 'button', class: isGrave ? 'grave' : 'primary', onclick: () => dialog.close('yes') }, go),
      ),
    )
  );
  dialog.addEventListener('close', () => {
    dialog.remove();
    resolve(dialog.returnValue === 'yes');
  });
  document.body.append(dialog);
  dialog.showModal();
  return promise;
}
