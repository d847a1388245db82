import { ApiError, post } from './api.js';
import { h, setText } from './dom.js';
import { t } from './words.js';

/** @import { Session } from '../messages.ts' */

/** @param {{ note: string, onSignedIn: (session: Session) => void }} options */
export function createSignIn({ note, onSignedIn }) {
  const input = /** @type {HTMLInputElement} */ (
    h('input', { id: 'token', type: 'password', autocomplete: 'current-password', required: true })
  );
  const problem = h('p', { class: 'notice notice-bad', role: 'alert', hidden: true });
  const form = h(
    'form',
    { class: 'sign-in card', onsubmit: submit },
    h('h2', {}, t('signIn.title')),
    h('p', { class: 'soft' }, note === '' ? t('signIn.text') : note),
    h('label', { for: 'token' }, t('signIn.token')),
    input,
    problem,
    h('button', { type: 'submit', class: 'primary' }, t('signIn.go')),
  );

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    problem.hidden = true;
    try {
      onSignedIn(await post('/api/sign-in', { token: input.value.trim() }));
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      setText(
        problem,
        status === 401
          ? t('signIn.wrong')
          : status === 429
            ? t('signIn.throttled')
            : t('app.failed', { error: String(error) }),
      );
      problem.hidden = false;
      input.select();
    }
  }

  return { element: form, focus: () => input.focus() };
}
