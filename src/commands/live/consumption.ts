import { outageWords } from '../../errors.ts';
import type { Consumption } from '../../ops/dashboard/messages.ts';
import { visible } from '../cli/output.ts';

export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'warning' | 'error';

/** What the daemon is doing, in a line. */
export function stateInWords({ state: found, dependency, reason, said, pause }: Consumption): {
  words: string;
  tone: Tone;
} {
  switch (found) {
    case 'running':
      return { words: 'RUNNING', tone: 'good' };
    case 'held':
      return { words: heldInWords(pause), tone: 'warning' };
    case 'paused':
      return { words: `PAUSED: ${pauseWords(dependency, reason)}`, tone: 'error' };
    case 'disconnected':
      return { words: 'NO BROKER: RabbitMQ does not answer', tone: 'error' };
    case 'refused':
      return { words: `REFUSED: ${said}`, tone: 'error' };
    case 'blocked':
      return { words: 'BLOCKED: a retry queue or the dead-letter queue takes no events', tone: 'error' };
    case 'alarm':
      return { words: `RABBITMQ ALARM: it takes no messages (${said})`, tone: 'error' };
    case 'stalled':
      return { words: 'STALLED: nothing is being settled', tone: 'error' };
    case 'starting':
      return { words: 'STARTING: waiting for RabbitMQ or the internal system', tone: 'warning' };
    case 'draining':
      return { words: 'STOPPING: finishing what is in flight', tone: 'warning' };
    default:
      return found satisfies never;
  }
}

function pauseWords(dependency: Consumption['dependency'], reason: Consumption['reason']): string {
  if (dependency === undefined || reason === undefined) return 'a dependency is down';
  return `${outageWords({ dependency, reason })} (${reason})`;
}

function heldInWords(pause: Consumption['pause']): string {
  if (pause === undefined) return 'PAUSED by a person';
  const { by, until, reason } = pause;
  const words = [`PAUSED by ${by}`, ...(until === null ? [] : [`until ${until.slice(0, 16).replace('T', ' ')} UTC`])];
  return visible(`${words.join(' ')}${reason === null ? '' : `: ${reason}`}`);
}
