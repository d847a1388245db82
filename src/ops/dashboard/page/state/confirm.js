import { getState, setState } from './store.js';

/** @import { Question } from './store.js' */

/**
 * Asks the reader before something is done.
 *
 * @param {Omit<Question, 'answer'>} question
 * @returns {Promise<boolean>}
 */
export function confirmed(question) {
  getState().question?.answer(false);
  return new Promise((resolve) => {
    const answer = (/** @type {boolean} */ yes) => {
      setState({ question: null });
      resolve(yes);
    };
    setState({ question: { ...question, answer } });
  });
}
