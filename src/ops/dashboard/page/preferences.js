/** What the reader chose, remembered by this browser. */

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
    // A browser that keeps nothing asks again the next time.
  }
}

/** `auto` follows the system. */
export function applyTheme() {
  const theme = preference('theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.setAttribute('data-theme', theme);
  else document.documentElement.removeAttribute('data-theme');
}
