import { brokerName, type Endpoint } from './endpoint.ts';
import {
  ACCESS_REFUSED,
  BrokerError,
  BrokerRefusedError,
  isMissing,
  PRECONDITION_FAILED,
  replyCode,
} from './errors.ts';

const NOT_FOUND = 404;
const RESOURCE_LOCKED = 405;
const COMMAND_INVALID = 503;
const NOT_ALLOWED = 530;

/**
 * A broker that answers, but not as we need it, gets a sentence that says what to do; everything else stays as it is. Some
 * refusals pass by themselves: a limit that the connections of a killed predecessor use up, a back end for users that is
 * away for a moment.
 */
export function explainRefusal(error: unknown, endpoint: Endpoint): Error {
  if (error instanceof BrokerError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const refusal = findRefusal(error, text, endpoint);
  if (refusal === undefined) return error instanceof Error ? error : new Error(text);
  const { what, mayPass } = refusal;
  return new BrokerRefusedError(`RabbitMQ at ${brokerName(endpoint)} ${what}`, { cause: error, mayPass });
}

interface Refusal {
  readonly what: string;
  readonly mayPass: boolean;
}

function findRefusal(error: unknown, text: string, { username, vhost }: Endpoint): Refusal | undefined {
  const mayPass = /\blimit\b|returned an error|in exclusive use/i.test(text);
  switch (replyCode(error)) {
    case ACCESS_REFUSED: {
      // The broker gives the same answer for a wrong password and for a back end that is away.
      const isLogin = /login was refused/i.test(text);
      const remedy = isLogin ? 'Check username and password.' : ACCESS_REMEDY;
      return { what: `refused user "${username}" (${text}). ${remedy}`, mayPass: isLogin || mayPass };
    }
    case NOT_ALLOWED: {
      const remedy = mayPass
        ? 'Close other connections, or raise the limit.'
        : 'Create it, or grant the user permissions on it.';
      return { what: `does not let user "${username}" into the virtual host "${vhost}" (${text}). ${remedy}`, mayPass };
    }
    case NOT_FOUND:
      // The node that has the queue is away: waited for, like a broker that is down.
      if (!isMissing(error)) return undefined;
      return {
        what: `lacks an exchange or queue that must be there already (${text}). ${MISSING_REMEDY}`,
        mayPass: true,
      };
    case RESOURCE_LOCKED:
      return { what: `keeps the queue for another connection (${text}). Make it non-exclusive.`, mayPass: true };
    case PRECONDITION_FAILED:
      return {
        what: `has an exchange or queue of the same name with other properties (${text}). ${propertyRemedy(text)}`,
        mayPass: false,
      };
    case COMMAND_INVALID:
      return { what: `cannot do what it was asked (${text}). Check the exchange type and its plugin.`, mayPass: false };
    default:
      return undefined;
  }
}

const ACCESS_REMEDY =
  'Let the user configure, write and read the exchange and queues; or let an administrator make them, and set RABBITMQ_DECLARE=passive.';
const MISSING_REMEDY = 'Create it, or grant the user configure on it.';

function propertyRemedy(text: string): string {
  if (text.includes("current is the value 'stream'")) return STREAM_REMEDY;
  const type = /inequivalent arg 'type' for exchange .* current is '([^']+)'/.exec(text)?.[1];
  if (type !== undefined) return `Set RABBITMQ_EXCHANGE_TYPE=${type}, or choose another exchange.`;
  return (
    'Set RABBITMQ_DECLARE=passive to use the main queue as it is, set the queue type to the existing one, choose another ' +
    'name, or delete the existing one once it is empty.'
  );
}

export const STREAM_REMEDY =
  'A stream does not keep track of what was processed: bind a classic or quorum queue to the exchange instead.';

/** A limit that a killed predecessor's connections use up, or a back end for users that is away for a moment, passes. */
export const REFUSAL_PATIENCE_MS = 60_000;
