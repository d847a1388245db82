import { h } from './dom.js';
import { icon } from './icons.js';
import { t } from './words.js';

/** What stands where something else would, while it is not there. */

export function loading() {
  return h('p', { class: 'loading' }, t('app.loading'));
}

/** @param {unknown} error @param {() => unknown} again */
export function failure(error, again) {
  const text = error instanceof Error ? error.message : String(error);
  return h(
    'div',
    { class: 'notice notice-bad', role: 'alert' },
    icon('stuck'),
    h('p', {}, t('app.failed', { error: text })),
    h('button', { type: 'button', onclick: again }, t('app.again')),
  );
}
