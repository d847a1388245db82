import { ApiError, get } from './api.js';
import { setClock } from './format.js';
import { state, takeSnapshot, takeTick } from './store.js';

/** @import { Snapshot } from '../messages.ts' */

/** The daemon says something every 5 s. */
const SILENCE_MS = 12_000;
const LONGEST_WAIT_MS = 8_000;

/**
 * Follows the daemon. After a lost connection it begins again with everything, so that nothing is missing.
 *
 * @param {{ onChange: () => void, onSignedOut: () => void }} listeners
 * @returns {{ stop: () => void }}
 */
export function follow({ onChange, onSignedOut }) {
  /** @type {EventSource | undefined} */
  let source;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let failures = 0;

  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(lost, SILENCE_MS);
  };

  const open = () => {
    clearTimeout(timer);
    source?.close();
    source = new EventSource('/api/live');
    source.addEventListener('snapshot', ({ data }) => {
      failures = 0;
      take(JSON.parse(data), 'live');
      heard();
    });
    source.addEventListener('tick', ({ data }) => {
      const tick = JSON.parse(data);
      setClock(tick.now);
      takeTick(tick);
      state.link = 'live';
      onChange();
      heard();
    });
    source.onerror = () => void lost();
    timer = setTimeout(lost, SILENCE_MS);
  };

  /** @param {Snapshot} snapshot @param {'live' | 'polling'} link */
  const take = (snapshot, link) => {
    setClock(snapshot.now);
    takeSnapshot(snapshot);
    state.link = link;
    onChange();
  };

  /** An EventSource does not say why: ask in another way. */
  const lost = async () => {
    source?.close();
    clearTimeout(timer);
    failures += 1;
    const waitMs = Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures);
    timer = setTimeout(open, waitMs);
    try {
      take(await get('/api/now'), 'polling');
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return onSignedOut();
      state.link = 'lost';
      onChange();
    }
  };

  const onVisible = () => {
    if (document.visibilityState === 'visible' && state.link !== 'live') open();
  };
  document.addEventListener('visibilitychange', onVisible);
  addEventListener('online', onVisible);
  open();
  return {
    stop() {
      clearTimeout(timer);
      source?.close();
      document.removeEventListener('visibilitychange', onVisible);
      removeEventListener('online', onVisible);
    },
  };
}
