import { styleText } from 'node:util';
import { counted } from '../cli/counted.ts';
import { visible } from '../cli/output.ts';
import type { Finding } from './findings.ts';
import type { OrderReview, ReplyReview } from './review-reply.ts';

/** The review as lines for a person: what does not fit first, then what is worth a look, then what is only said. */
export function describe({ fits, problems, notes, orders }: ReplyReview): string[] {
  const told = orders.filter(isWorthTelling);
  return [
    ...problems.map((problem) => marked('✗', problem)),
    ...notes.map((note) => marked('·', note)),
    ...(told.length === 0 && orders.length === 1 ? orders : told).flatMap(describeOrder),
    verdict(fits, orders),
  ];
}

/** What does not fit, in lines without marks. */
export function problemLines({ problems, orders }: ReplyReview): string[] {
  return [...problems, ...orders.flatMap((order) => order.problems.map(told))];
}

function verdict(isFit: boolean, orders: readonly OrderReview[]): string {
  const fitting = orders.filter((order) => order.fits).length;
  const flagged = orders.filter(({ totals }) => totals?.addUp === false).length;
  const isOne = orders.length === 1;
  if (isFit) {
    const all = isOne || orders.length === 0 ? '' : `: ${counted(orders.length, 'order')}`;
    const sums =
      flagged === 0 ? '' : `, but the amounts${isOne ? '' : ` of ${flagged}`} do not add up: stored, and flagged`;
    return marked(flagged === 0 ? '✓' : '!', `It fits${all}${sums}.`);
  }
  if (isOne && fitting === 0)
    return marked('✗', 'It does not fit: its event would become a dead letter (invalid_order).');
  return marked(
    '✗',
    `It does not fit${orders.length === 0 ? '' : `: ${fitting} of ${counted(orders.length, 'order')} would do`}.`,
  );
}

/** Of many orders, those without a finding are only counted. */
function isWorthTelling({ fits, totals, converted, unknown }: OrderReview): boolean {
  return !fits || totals?.addUp === false || converted.length > 0 || unknown.length > 0;
}

function describeOrder({ place, orderNumber, problems, converted, unknown, totals }: OrderReview): string[] {
  const name = orderNumber === null ? 'an order without a number' : `order ${orderNumber}`;
  const sums = totals?.text ?? [];
  return [
    visible(place === '' ? name : `${place}: ${name}`),
    ...[
      ...problems.map((problem) => marked('✗', told(problem))),
      ...sums.map((sum) => (totals?.addUp === true ? marked('✓', sum) : marked('!', sum))),
      ...converted.map((finding) => marked('·', told(finding))),
      ...(unknown.length === 0
        ? []
        : [marked('·', `not known, and kept as they are: ${unknown.map(named).join(', ')}`)]),
    ].map((line) => `  ${line}`),
  ];
}

/** `lines[].quantity` once, with the places where it is so. */
function told({ field, text, places, count }: Finding): string {
  const [first = field] = places;
  if (count === 1) return `${first || 'the order'}: ${text}`;
  const more = count > places.length ? `, and ${count - places.length} more` : '';
  return `${field}: ${text} (${places.map(numbered).join(', ')}${more})`;
}

function numbered(place: string): string {
  return place.replace(/\.[^\]]*$/, '');
}

function named({ field, text }: Finding): string {
  return text === '' ? field : `${field} (${text})`;
}

const COLOURS = { '✗': 'red', '!': 'yellow', '✓': 'green', '·': 'dim' } as const;

function marked(mark: keyof typeof COLOURS, text: string): string {
  return `${styleText(COLOURS[mark], mark, { stream: process.stdout })} ${visible(text)}`;
}
