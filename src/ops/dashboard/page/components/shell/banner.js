import { html } from '../../html.js';
import { time } from '../../language/times.js';
import { t } from '../../language/words.js';
import { useStore } from '../../state/store.js';

/** What the reader sees is old, or not live. */
export function Banner() {
  const link = useStore((state) => state.link);
  const heardAt = useStore((state) => (state.link === 'lost' && state.snapshot !== null ? state.heardAt : null));
  const text =
    link === 'polling'
      ? t('link.polling')
      : heardAt === null
        ? t('link.lost')
        : t('link.lostText', { time: time(heardAt) });
  const isShown = link === 'lost' || link === 'polling';
  return html`<div class="banner" role="status" hidden=${!isShown}>${isShown && text}</div>`;
}
