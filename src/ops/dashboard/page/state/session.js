import { get, post } from '../api.js';
import { follow } from './live.js';
import { setState } from './store.js';

/** @import { Session } from '../../messages.ts' */

const ASK_AGAIN_MS = 2_000;
/** @type {Session} */
const SIGNED_OUT = {
  role: null,
  name: null,
  canSignOut: false,
  asksForToken: true,
  signsInElsewhere: false,
  shop: '',
  queue: '',
  version: '',
  canPause: false,
};

/** @type {(() => void) | undefined} */
let stopFollowing;

/** Asks the daemon who the reader is, until it answers. */
export async function start() {
  try {
    begin(await get('/api/session'));
  } catch {
    setState({ link: 'lost' });
    setTimeout(start, ASK_AGAIN_MS);
  }
}

/** @param {string} token @throws {import('../api.js').ApiError} */
export async function signIn(token) {
  begin(await post('/api/sign-in', { token }));
}

export async function signOut() {
  stopFollowing?.();
  await post('/api/sign-out').catch(() => undefined);
  end('signIn.text');
}

/** @param {Session} session */
function begin(session) {
  setState({ session, link: 'connecting' });
  stopFollowing?.();
  // What a proxy began ends there too: it says so when the page is asked for.
  const onEnd = session.name !== null && !session.canSignOut ? () => location.reload() : () => end('signIn.ended');
  if (session.role !== null) stopFollowing = follow(onEnd);
}

/** @param {'signIn.text' | 'signIn.ended'} signInText */
function end(signInText) {
  stopFollowing?.();
  setState({ session: SIGNED_OUT, signInText, snapshot: null, link: 'connecting' });
}
