import { pino } from 'pino';

/** A logger, and the lines that it has written. */
export function aLogger() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  const logger = pino({ level: 'debug', formatters: { level: (level) => ({ level }) } }, { write });
  return { logger, lines };
}
