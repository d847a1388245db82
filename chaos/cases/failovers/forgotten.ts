import { z } from 'zod';

const FORGETTING = /the database has forgotten (\d+) orders?/;
/** Each number of orders that a line of this level said the database has forgotten. */
export function saidForgotten(output: readonly string[]): number[] {
  return output.flatMap((line) => {
    const { level, msg } = logLine.parse(JSON.parse(line));
    const [, count] = FORGETTING.exec(msg) ?? [];
    return level === 'error' && count !== undefined ? [Number(count)] : [];
  });
}

const logLine = z.object({ level: z.string(), msg: z.string() });
