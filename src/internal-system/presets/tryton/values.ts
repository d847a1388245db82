import { z } from '../../erp/index.ts';

/** Money, as Tryton's JSON has it: a plain number would become a binary float. */
export function decimal(amount: string): object {
  return { __class__: 'Decimal', decimal: amount };
}

/** The day of an instant, in UTC. */
export function day(instant: string): object {
  const [year, month, date] = instant.slice(0, 10).split('-').map(Number);
  return { __class__: 'date', year, month, day: date };
}

export const decimalText = z.object({ decimal: z.string() }).transform(({ decimal: text }) => text);
