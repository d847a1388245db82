import stringWidth from 'fast-string-width';
import type { Bucket, DeliveryEvent } from '../../ops/dashboard/messages.ts';
import { alignedLines } from '../cli/table.ts';
import { ago, when } from '../cli/times.ts';
import { stateInWords, type Tone } from '../live/consumption.ts';
import { noteOf, orderOf, severityOf, took } from '../live/delivery-events.ts';
import type { View } from './view.ts';

/** One line of the screen, no wider than it. */
export interface Line {
  readonly text: string;
  readonly tone: Tone;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The whole screen. The deliveries fill the rows that are left. */
export function render(view: View, { columns, rows }: Size, now = new Date()): Line[] {
  const head = [...title(view, columns, now), ...state(view, now), blank, ...figures(view, now), blank];
  const middle = [...totals(view), blank, ...charts(view, columns), blank];
  const left = Math.max(0, rows - head.length - middle.length);
  return [...head, ...middle, ...deliveries(view, left)]
    .slice(0, rows)
    .map(({ text, tone }) => ({ text: fitted(text, columns), tone }));
}

const blank: Line = { text: '', tone: 'plain' };

function title({ session: { version, shop, queue } }: View, columns: number, now: Date): Line[] {
  const name = `order-sync ${version} · ${shop} · queue ${queue}`;
  const clock = `${now.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  const gap = Math.max(2, columns - stringWidth(name) - clock.length);
  return [{ text: `${fitted(name, columns - clock.length - 2)}${' '.repeat(gap)}${clock}`, tone: 'strong' }];
}

function state({ consumption, lostSince }: View, now: Date): Line[] {
  if (lostSince !== undefined) {
    return [{ text: 'NO ANSWER from the daemon; this is its last known state', tone: 'error' }, since(lostSince, now)];
  }
  const { words, tone } = stateInWords(consumption);
  return [{ text: words, tone }, since(consumption.since, now)];
}

function since(time: Date | string, now: Date): Line {
  return { text: `since ${when(time, now)}`, tone: 'dim' };
}

function figures({ figures: shown }: View, now: Date): Line[] {
  const { waiting, inFlight, retrying, deadLetters, lastOrderAt, heldBack, unknownBecause } = shown;
  const count = (value: number | null) => value ?? '?';
  const last = lastOrderAt === null ? 'no order yet' : `last order ${ago(lastOrderAt, now)}`;
  const queues = `waiting ${count(waiting)}   in flight ${inFlight}   retrying ${count(retrying)}`;
  const tone = (deadLetters ?? 0) > 0 ? 'warning' : 'plain';
  return [
    { text: `${queues}   dead letters ${count(deadLetters)}   ${last}`, tone },
    ...(heldBack ? [{ text: `held back by RabbitMQ after their delay: ${heldBack}`, tone: 'warning' as const }] : []),
    ...(unknownBecause === null ? [] : [{ text: `?: ${unknownBecause}`, tone: 'warning' as const }]),
  ];
}

function totals({ figures: { lastHour, lastDay } }: View): Line[] {
  const row = (name: string, { orders, deadLetters, p50, p95 }: Bucket) =>
    [name, String(orders), String(deadLetters), took(p50), took(p95)] as const;
  const rows = [
    ['', 'orders', 'dead letters', 'publish to commit: p50', 'p95'],
    row('last hour', lastHour),
    row('last 24 h', lastDay),
  ];
  const lines = alignedLines(rows, [undefined, 'right', 'right', 'right', 'right']);
  return lines.map((text, index) => ({ text, tone: index === 0 ? 'dim' : 'plain' }));
}

function charts({ hour, knownSince, timedSince }: View, columns: number): Line[] {
  return [
    ...chart('orders per minute', hour, knownSince, columns, ({ orders }) => orders, String),
    ...chart('publish to commit, p95', hour, timedSince, columns, ({ p95 }) => p95 ?? 0, took),
  ];
}

const LEVELS = '▁▂▃▄▅▆▇█';

/** One column per minute; a dot for none, a space for unknown. */
function chart(
  name: string,
  buckets: readonly Bucket[],
  knownSince: number,
  columns: number,
  value: (bucket: Bucket) => number,
  words: (value: number) => string,
): Line[] {
  const shown = buckets.slice(-columns);
  const width = (shown[1]?.at ?? 0) - (shown[0]?.at ?? 0);
  const most = Math.max(...shown.map(value));
  const column = (bucket: Bucket) => {
    if (bucket.at + width <= knownSince) return ' ';
    if (value(bucket) === 0) return '·';
    return LEVELS[Math.min(LEVELS.length, Math.ceil((value(bucket) / most) * LEVELS.length)) - 1] ?? '';
  };
  const caption = `${name}, last ${shown.length} minutes${most > 0 ? `; peak ${words(most)}` : ''}`;
  return [
    { text: caption, tone: 'dim' },
    { text: shown.map(column).join(''), tone: 'plain' },
  ];
}

function deliveries({ deliveries: all }: View, rows: number): Line[] {
  if (all.length === 0) return [{ text: 'No orders yet.', tone: 'dim' }];
  const shown = all.slice(0, Math.max(0, rows - 1));
  const cells = shown.map((delivery) => [
    delivery.at.slice(11, 19),
    delivery.outcome,
    orderOf(delivery),
    delivery.event ?? '',
    delivery.tookMs === null ? '' : took(delivery.tookMs),
    noteOf(delivery),
  ]);
  const titles = ['TIME', 'OUTCOME', 'ORDER', 'EVENT', 'TOOK', ''];
  const lines = alignedLines([titles, ...cells], [undefined, undefined, undefined, undefined, 'right', undefined]);
  return lines.map((text, index) => ({ text, tone: index === 0 ? 'dim' : toneOf(shown[index - 1]) }));
}

function toneOf(delivery: DeliveryEvent | undefined): Tone {
  return delivery === undefined ? 'plain' : severityOf(delivery);
}

function fitted(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(cut + segment) > columns - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}
