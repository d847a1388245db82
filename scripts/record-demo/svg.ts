import type { Run, ScreenLine, Style } from './screen-lines.ts';

interface Look {
  /** Shown as typed at the prompt. */
  readonly command: string;
  readonly columns: number;
}

/** Enough for the demo's summary. */
const ROWS = 40;
const FONT_SIZE = 13;
/** Of one character in most fixed-width fonts. */
const CHARACTER_WIDTH = FONT_SIZE * 0.602;
const LINE_HEIGHT = 17;
const PADDING = 14;
/** How long the end is shown before the recording starts again. */
const REST_MS = 15_000;
/** Lines closer together than this appear together. */
const FRAME_MS = 40;

const BACKGROUND = '#0d1117';
const PALETTE: Readonly<Record<number, string>> = {
  31: '#ff7b72',
  32: '#56d364',
  33: '#e3b341',
  36: '#76c7d4',
  90: '#8b949e',
};

/**
 * The recording as one SVG, played by CSS alone, as GitHub runs no scripts in pictures. All lines are there from the start:
 * one animation uncovers the first screenful, another one scrolls. Without motion, for people who prefer that, it shows the
 * end.
 */
export function animatedSvg(recorded: readonly ScreenLine[], { command, columns }: Look): string {
  const lines = [prompt(command), ...withoutBlankEnd(recorded)];
  const screenWidth = Math.ceil(columns * CHARACTER_WIDTH);
  const screenHeight = ROWS * LINE_HEIGHT;
  const [width, height] = [screenWidth + 2 * PADDING, screenHeight + 2 * PADDING];
  const durationMs = (lines.at(-1)?.ms ?? 0) + REST_MS;
  const screen = `x="${PADDING}" y="${PADDING}" width="${screenWidth}" height="${screenHeight}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Terminal recording of ${command}">
<style>
text { font: ${FONT_SIZE}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #e6edf3; white-space: pre; }
.b { font-weight: 700; }
.d { fill-opacity: 0.65; }
${Object.entries(PALETTE)
  .map(([code, colour]) => `.c${code} { fill: ${colour}; }`)
  .join('\n')}
#lines, #cover { animation: ${Math.round(durationMs)}ms step-end infinite; }
#lines { transform: translateY(${scrolled(lines.length)}px); animation-name: scroll; }
#cover { transform: translateY(${uncovered(lines.length)}px); animation-name: uncover; }
@keyframes scroll {
${keyframes(lines, durationMs, scrolled)}
}
@keyframes uncover {
${keyframes(lines, durationMs, uncovered)}
}
@media (prefers-reduced-motion: reduce) { #lines, #cover { animation: none; } }
</style>
<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}" stroke="#30363d"/>
<clipPath id="screen"><rect ${screen}/></clipPath>
<g clip-path="url(#screen)">
<g id="lines">
${lines.map(lineText).join('\n')}
</g>
<rect id="cover" ${screen} fill="${BACKGROUND}"/>
</g>
</svg>
`;
}

function prompt(command: string): ScreenLine {
  const style = { colour: undefined, isBold: true, isDim: false };
  return { ms: 0, runs: [{ column: 0, text: `$ ${command}`, style }] };
}

function withoutBlankEnd(lines: readonly ScreenLine[]): readonly ScreenLine[] {
  const last = lines.findLastIndex(({ runs }) => runs.length > 0);
  return lines.slice(0, last + 1);
}

/** How far the lines are moved, in px, once this many of them are shown: up, as soon as the screen is full. */
function scrolled(count: number): number {
  return Math.min(0, ROWS - count) * LINE_HEIGHT;
}

/** How far the cover of the rows still empty is moved, in px. */
function uncovered(count: number): number {
  return Math.min(ROWS, count) * LINE_HEIGHT;
}

/** One keyframe for each change of place. */
function keyframes(lines: readonly ScreenLine[], durationMs: number, place: (count: number) => number): string {
  const frames: { ms: number; px: number }[] = [];
  for (const [index, { ms }] of lines.entries()) {
    const px = place(index + 1);
    const last = frames.at(-1);
    if (last !== undefined && ms - last.ms < FRAME_MS) last.px = px;
    else if (last?.px !== px) frames.push({ ms, px });
  }
  return [...frames, { ms: durationMs, px: place(lines.length) }]
    .map(({ ms, px }) => `${percent(ms / durationMs)} { transform: translateY(${px}px); }`)
    .join('\n');
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))}%`;
}

function lineText({ runs }: ScreenLine, index: number): string {
  const y = PADDING + (index + 1) * LINE_HEIGHT - 4;
  return runs.length === 0 ? '' : `<text y="${y}">${runs.map(span).join('')}</text>`;
}

function span({ column, text, style }: Run): string {
  const x = (PADDING + column * CHARACTER_WIDTH).toFixed(1);
  const names = classes(style);
  return `<tspan x="${x}"${names === '' ? '' : ` class="${names}"`}>${escaped(text)}</tspan>`;
}

function classes({ colour, isBold, isDim }: Style): string {
  return [...(isBold ? ['b'] : []), ...(isDim ? ['d'] : []), ...(colour === undefined ? [] : [`c${colour}`])].join(' ');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
