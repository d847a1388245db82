/** @typedef {'now' | 'orders' | 'lists' | 'dead-letters' | 'reconciliation' | 'daemons' | 'activity'} Section */
/**
 * @typedef {object} Route
 * @property {Section} section
 * @property {string} rest what the section is to show
 * @property {string} query how, such as `from=2026-11-22`
 * @property {boolean} isWall
 */

/** @type {readonly Section[]} */
export const SECTIONS = ['now', 'orders', 'lists', 'dead-letters', 'reconciliation', 'daemons', 'activity'];

/** `#/orders/10086` → the section, and what it is to show. `#/wall` is Now for a screen on a wall. @returns {Route} */
export function readRoute() {
  const [path = '', query = ''] = location.hash.split(/\?(.*)/s);
  const [, name = 'now', rest = ''] = path.split('/');
  const section = SECTIONS.find((each) => each === name) ?? 'now';
  return { section, rest: decoded(rest), query, isWall: name === 'wall' };
}

/** @param {string} reference an order number, or the shop's id */
export function orderLink(reference) {
  return `#/orders/${encodeURIComponent(reference)}`;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
