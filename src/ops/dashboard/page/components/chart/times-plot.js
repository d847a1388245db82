import { h } from 'preact';
import { html } from '../../html.js';
import { duration } from '../../language/format.js';
import { Axes, horizontal, vertical } from './axes.js';
import { timeTicks } from './scale.js';

/** @import { PlotProps } from './axes.js' */

/** How long, on a logarithmic axis: a dot for the median, a line up to the 95th percentile. @param {PlotProps} props */
export function TimesPlot(props) {
  const { buckets, area } = props;
  const times = buckets.flatMap(({ p50, p95 }) => (p50 === null || p95 === null ? [] : [p50, p95]));
  const ticks = timeTicks(times);
  const [low, high] = [Math.log(ticks[0] ?? 1), Math.log(ticks.at(-1) ?? 10)];
  const y = (/** @type {number} */ ms) => vertical(area, (Math.log(ms) - low) / (high - low));
  const { step, x } = horizontal(buckets, area);
  const whisker = Math.max(1.5, Math.min(step * 0.4, 5));
  const radius = Math.max(1.6, Math.min(step * 0.32, 3.2));

  return h(
    Axes,
    { ...props, lines: ticks.map((tick) => ({ y: y(tick), label: duration(tick) })) },
    buckets.map(({ p50, p95 }, index) => {
      if (p50 === null || p95 === null) return null;
      const middle = x(index) + step / 2;
      const length = Math.max(1, y(p50) - y(p95));
      return html`
        <g>
          <rect class="spread" x=${middle - whisker / 2} width=${whisker} y=${y(p95)} height=${length} />
          <circle class="median" cx=${middle} cy=${y(p50)} r=${radius} />
        </g>
      `;
    }),
  );
}
