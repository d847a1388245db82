import { html } from '../html.js';

/** Shapes that differ without colour: a reader who sees no red sees a cross. */
const PATHS = {
  running: ['M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Z', 'm7.5 12.4 3 3 6-6.6'],
  held: ['M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Z', 'M9.5 8v8M14.5 8v8'],
  paused: ['M4 3h16v18H4Z', 'M9.5 8v8M14.5 8v8'],
  disconnected: ['M12 2 22 12 12 22 2 12Z', 'm9 9 6 6m0-6-6 6'],
  refused: ['M12 2 22 12 12 22 2 12Z', 'M8 12h8'],
  blocked: ['M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Z', 'M5 5l14 14'],
  alarm: ['M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Z', 'M12 6.5v7m0 3v.6'],
  stalled: ['M12 2.6 22.6 21H1.4Z', 'M12 9v5.4m0 2.6v.6'],
  warning: ['M12 2.6 22.6 21H1.4Z', 'M12 9v5.4m0 2.6v.6'],
  draining: ['M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Z', 'M9 9h6v6H9Z'],
  starting: ['M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Z', 'M12 7v5.4l3.4 2'],
  unknown: ['M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Z', 'M9.2 9.4a2.9 2.9 0 1 1 4.2 2.6c-.9.5-1.4 1-1.4 2m0 3v.4'],
  synced: ['', 'm4.5 12.5 5 5 10-11'],
  unchanged: ['', 'M5 9.5h14M5 15h14'],
  stale: ['', 'M4 12a8 8 0 1 1 2.4 5.7M4 20v-5h5'],
  retrying: ['', 'M20 12a8 8 0 1 1-2.4-5.7M20 4v5h-5'],
  undelivered: ['', 'M4 12h11m-4-4 4 4-4 4M20 4v16'],
  'dead-lettered': ['', 'm6 6 12 12M18 6 6 18'],
  requeued: ['', 'M9 7 4 12l5 5M4.5 12H16a4 4 0 0 0 0-8'],
  split: ['', 'M12 3v6L5 20M12 9l7 11'],
  discarded: ['', 'M5 12h14'],
  conflict: ['', 'M12 3.5 21.5 20h-19ZM12 10v4.5m0 2.2v.5'],
  search: ['', 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm5 11.5L21 21'],
  now: ['', 'M3 13h4l3-8 4 14 3-6h4'],
  deadLetters: ['', 'M3 6h18v13H3Zm0 .5 9 7 9-7'],
  download: ['', 'M12 4v11m-5-5 5 5 5-5M4 20h16'],
  lists: ['', 'M9 6h11M9 12h11M9 18h11M4 6h.5M4 12h.5M4 18h.5'],
  activity: ['', 'M12 4a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM4.5 20a7.5 7.5 0 0 1 15 0'],
  reconciliation: ['', 'M4 8h15m-4-4 4 4-4 4M20 16H5m4-4-4 4 4 4'],
  daemons: ['', 'M4 4h16v6.5H4Zm0 9.5h16V20H4ZM7.5 7.2h1m-1 9.6h1'],
  'theme-auto': ['M12 4a8 8 0 1 0 0 16Z', 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Zm0 0v16'],
  'theme-light': [
    '',
    'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Zm0-6v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4M17.6 17.6 19 19M5 19l1.4-1.4M17.6 6.4 19 5',
  ],
  'theme-dark': ['', 'M19.5 14.5A8 8 0 1 1 9.5 4.5a6.5 6.5 0 0 0 10 10Z'],
  wall: ['', 'M3 5h18v11H3Zm6 15h6m-3-4v4'],
  close: ['', 'm6 6 12 12M18 6 6 18'],
  signOut: ['', 'M14 4H5v16h9M10 12h11m-4-4 4 4-4 4'],
};

/** @typedef {keyof typeof PATHS} IconName */

/** Decoration: the text beside it says the same. @param {{ name: IconName }} props */
export function Icon({ name }) {
  const [shape = '', mark = ''] = PATHS[name];
  return html`
    <svg viewBox="0 0 24 24" class="icon icon-${name}" aria-hidden="true" focusable="false">
      ${shape !== '' && html`<path d=${shape} class="icon-shape" />`}<path d=${mark} class="icon-mark" />
    </svg>
  `;
}
