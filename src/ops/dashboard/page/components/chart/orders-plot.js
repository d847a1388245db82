import { h } from 'preact';
import { html } from '../../html.js';
import { number } from '../../language/format.js';
import { Axes, horizontal, vertical } from './axes.js';
import { countTicks } from './scale.js';

/** @import { PlotProps } from './axes.js' */

/** How many: a bar for each stretch of time, with its dead letters on top. @param {PlotProps} props */
export function OrdersPlot(props) {
  const { buckets, area } = props;
  const ticks = countTicks(Math.max(...buckets.map(({ orders, deadLetters }) => orders + deadLetters)));
  const top = ticks.at(-1) ?? 1;
  const y = (/** @type {number} */ value) => vertical(area, value / top);
  const { step, x } = horizontal(buckets, area);
  const gap = step > 6 ? 1.5 : 0.5;

  /** @param {string} name @param {number} index @param {number} from @param {number} to */
  const bar = (name, index, from, to) =>
    to > from &&
    html`
      <rect
        class=${name}
        x=${x(index) + gap / 2}
        width=${step - gap}
        y=${y(to)}
        height=${Math.max(1, y(from) - y(to))}
      />
    `;
  return h(
    Axes,
    { ...props, lines: ticks.map((tick) => ({ y: y(tick), label: number(tick) })) },
    buckets.map(({ orders, deadLetters }, index) => [
      bar('bar', index, 0, orders),
      bar('bar bar-bad', index, orders, orders + deadLetters),
    ]),
  );
}
