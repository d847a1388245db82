/** @typedef {'now' | 'orders' | 'dead-letters' | 'reconciliation' | 'daemons'} Section */
/** @typedef {{ readonly section: Section, readonly rest: string, readonly isWall: boolean }} Route */

/** @type {readonly Section[]} */
export const SECTIONS = ['now', 'orders', 'dead-letters', 'reconciliation', 'daemons'];

/** `#/orders/10086` → the section, and what it is to show. `#/wall` is Now for a screen on a wall. @returns {Route} */
export function readRoute() {
  const [, name = 'now', rest = ''] = location.hash.split('/');
  const section = SECTIONS.find((each) => each === name) ?? 'now';
  return { section, rest: decoded(rest), isWall: name === 'wall' };
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
