import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { currentLanguage } from '../language/words.js';
import { readRoute } from './route.js';

/** @import { Session, Snapshot } from '../../messages.ts' */
/** @import { Key, Language } from '../language/words.js' */
/** @import { Theme } from './preferences.js' */
/** @import { Route } from './route.js' */

/**
 * Asked before something is done.
 *
 * @typedef {object} Question
 * @property {string} title
 * @property {string} text
 * @property {string} go what the button says that does it
 * @property {boolean} isGrave
 * @property {(yes: boolean) => void} answer
 */

/**
 * What the whole page knows. What only one component needs, that component keeps.
 *
 * @typedef {object} State
 * @property {Session | null} session null: the daemon has not answered yet
 * @property {Key} signInText
 * @property {Snapshot | null} snapshot
 * @property {'connecting' | 'live' | 'polling' | 'lost'} link
 * @property {number} heardAt ms since the epoch, by the daemon's clock
 * @property {Route} route
 * @property {'hour' | 'day'} range of the charts
 * @property {Language} language
 * @property {Theme} theme
 * @property {Question | null} question
 */

/** @type {State} */
let state = {
  session: null,
  signInText: 'signIn.text',
  snapshot: null,
  link: 'connecting',
  heardAt: 0,
  route: readRoute(),
  range: 'hour',
  language: currentLanguage(),
  theme: 'auto',
  question: null,
};

/** @type {Set<() => void>} */
const listeners = new Set();

export function getState() {
  return state;
}

/** @param {Partial<State>} changes */
export function setState(changes) {
  state = { ...state, ...changes };
  for (const listener of listeners) listener();
}

/** @param {() => void} listener @returns {() => void} that ends it */
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * A part of the state; its component is drawn again when that part changes, and only then.
 *
 * @template T
 * @param {(state: State) => T} select must return the same value for the same state
 * @returns {T}
 */
export function useStore(select) {
  const [, redraw] = useState({});
  const value = select(state);
  const drawn = useRef({ select, value });
  drawn.current = { select, value };
  useLayoutEffect(() => {
    const onChange = () => {
      if (!Object.is(drawn.current.select(state), drawn.current.value)) redraw({});
    };
    // It may have changed since it was drawn.
    onChange();
    return subscribe(onChange);
  }, []);
  return value;
}
