import { ApiError, get } from '../api.js';
import { setClock } from './clock.js';
import { getState, setState } from './store.js';
import { withTick } from './ticks.js';

/** @import { Snapshot, Tick } from '../../messages.ts' */

/** The daemon sends something every 5 s. */
const SILENCE_MS = 12_000;
const LONGEST_WAIT_MS = 8_000;

/**
 * Follows the daemon. After a lost connection it starts again with a whole snapshot, so that nothing is missing.
 *
 * @param {() => void} onSignedOut
 * @returns {() => void} that stops it
 */
export function follow(onSignedOut) {
  /** @type {EventSource | undefined} */
  let source;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let failures = 0;
  let isStopped = false;

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
      takeSnapshot(JSON.parse(data), 'live');
      heard();
    });
    source.addEventListener('tick', ({ data }) => {
      takeTick(JSON.parse(data));
      heard();
    });
    source.onerror = () => void lost();
    timer = setTimeout(lost, SILENCE_MS);
  };

  /** An EventSource does not say why it failed: a plain request does. */
  const lost = async () => {
    source?.close();
    clearTimeout(timer);
    failures += 1;
    const waitMs = Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures);
    timer = setTimeout(open, waitMs);
    try {
      const snapshot = /** @type {Snapshot} */ (await get('/api/now'));
      if (!isStopped) takeSnapshot(snapshot, 'polling');
    } catch (error) {
      if (isStopped) return;
      if (error instanceof ApiError && error.status === 401) onSignedOut();
      else setState({ link: 'lost' });
    }
  };

  const onVisible = () => {
    if (document.visibilityState === 'visible' && getState().link !== 'live') open();
  };
  document.addEventListener('visibilitychange', onVisible);
  addEventListener('online', onVisible);
  open();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    source?.close();
    document.removeEventListener('visibilitychange', onVisible);
    removeEventListener('online', onVisible);
  };
}

/** @param {Snapshot} snapshot @param {'live' | 'polling'} link */
function takeSnapshot(snapshot, link) {
  setClock(snapshot.now);
  setState({ snapshot, link, heardAt: Date.parse(snapshot.now) });
}

/** @param {Tick} tick */
function takeTick(tick) {
  const { snapshot } = getState();
  if (snapshot === null) return;
  setClock(tick.now);
  setState({ snapshot: withTick(snapshot, tick), link: 'live', heardAt: Date.parse(tick.now) });
}
