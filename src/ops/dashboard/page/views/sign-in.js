import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from '../api.js';
import { html } from '../html.js';
import { t } from '../language/words.js';
import { signIn } from '../state/session.js';
import { useStore } from '../state/store.js';

export function SignInView() {
  const text = useStore(({ signInText }) => signInText);
  const isElsewhere = useStore(({ session }) => session?.signsInElsewhere);
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const [problem, setProblem] = useState(/** @returns {unknown} */ () => null);
  useEffect(() => input.current?.focus(), []);

  /** @param {Event} event */
  const submit = async (event) => {
    event.preventDefault();
    setProblem(null);
    try {
      await signIn(input.current?.value.trim() ?? '');
    } catch (error) {
      setProblem(error);
      input.current?.select();
    }
  };

  if (isElsewhere)
    return html`
      <div class="sign-in card">
        <h2>${t('signIn.title')}</h2>
        <p class="soft">${t('signIn.elsewhere')}</p>
        <button type="button" class="primary" onClick=${() => location.reload()}>${t('app.again')}</button>
      </div>
    `;
  return html`
    <form class="sign-in card" onSubmit=${submit}>
      <h2>${t('signIn.title')}</h2>
      <p class="soft">${t(text)}</p>
      <label for="token">${t('signIn.token')}</label>
      <input ref=${input} id="token" type="password" autocomplete="current-password" required />
      ${problem !== null && html`<p class="notice notice-bad" role="alert">${problemWords(problem)}</p>`}
      <button type="submit" class="primary">${t('signIn.go')}</button>
    </form>
  `;
}

/** @param {unknown} error */
function problemWords(error) {
  const status = error instanceof ApiError ? error.status : 0;
  if (status === 401) return t('signIn.wrong');
  if (status === 429) return t('signIn.throttled');
  return t('app.failed', { error: error instanceof Error ? error.message : String(error) });
}
