/** What the reader chose, remembered by this browser. */

/** @typedef {'auto' | 'light' | 'dark'} Theme `auto` follows the system */

/** @type {readonly Theme[]} */
export const THEMES = ['auto', 'light', 'dark'];

/** @param {'language' | 'theme'} name @returns {string | null} */
export function preference(name) {
  try {
    return localStorage.getItem(`order-sync-${name}`);
  } catch {
    return null;
  }
}

/** @param {'language' | 'theme'} name @param {string} value */
export function prefer(name, value) {
  try {
    localStorage.setItem(`order-sync-${name}`, value);
  } catch {
    // A browser that stores nothing falls back to its own settings next time.
  }
}

/** @returns {Theme} */
export function preferredTheme() {
  return THEMES.find((theme) => theme === preference('theme')) ?? 'auto';
}
