import { readFileSync } from 'node:fs';
import { z } from 'zod';

const DEFAULT_URL = 'amqp://guest:guest@127.0.0.1:5672';
const ANSWER = new URL('../node_modules/.cache/order-sync/broker.json', import.meta.url);

const answerSchema = z.object({ url: z.string(), wanted: z.string().nullable() });

/**
 * The RabbitMQ that set-up (scripts/setup.mjs) found or started, as an amqp:// URL, for tests and the demo. Without
 * set-up, or if RABBITMQ_URL has changed since, it is RABBITMQ_URL or the default port of this machine.
 */
export function brokerUrl(): string {
  const wanted = process.env['RABBITMQ_URL'] || null;
  const answer = readAnswer();
  return answer !== undefined && answer.wanted === wanted ? answer.url : (wanted ?? DEFAULT_URL);
}

function readAnswer(): z.output<typeof answerSchema> | undefined {
  try {
    return answerSchema.parse(JSON.parse(readFileSync(ANSWER, 'utf8')));
  } catch {
    return undefined;
  }
}
