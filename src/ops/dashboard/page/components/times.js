import { useEffect, useRef, useState } from 'preact/hooks';
import { html } from '../html.js';
import { ago, fullTime, time } from '../language/times.js';
import { everySecond } from '../state/clock.js';

/** @param {{ instant: string }} props */
export function Time({ instant }) {
  return html`<time datetime=${instant} title=${fullTime(instant)}>${time(instant)}</time>`;
}

/** How long ago it was, kept up to date. @param {{ instant: string }} props */
export function Ago({ instant }) {
  const text = ago(instant);
  const [, redraw] = useState({});
  const drawn = useRef(text);
  drawn.current = text;
  useEffect(
    () =>
      everySecond(() => {
        if (ago(instant) !== drawn.current) redraw({});
      }),
    [instant],
  );
  return html`<time datetime=${instant} title=${fullTime(instant)}>${text}</time>`;
}
