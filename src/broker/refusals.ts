import { brokerName, type Endpoint } from './endpoint.ts';
import {
  ACCESS_REFUSED,
  BrokerError,
  BrokerRefusedError,
  BrokerUnavailableError,
  isMissing,
  PRECONDITION_FAILED,
  replyCode,
} from './errors.ts';

/** The broker is being stopped, or was told to close its connections. */
const CONNECTION_FORCED = 320;
const NOT_FOUND = 404;
const RESOURCE_LOCKED = 405;
const COMMAND_INVALID = 503;
const NOT_ALLOWED = 530;

/**
 * A broker that answers, but not as we need it, gets a sentence that says what it said and what to do; everything else stays as it
 * is. Some refusals pass by themselves: a limit that the connections of a killed predecessor use up, a back end for users that is
 * away for a moment. What is out of reach because nodes of the cluster are down, is waited for like a broker that is down.
 */
export function explainRefusal(error: unknown, endpoint: Endpoint): Error {
  if (error instanceof BrokerError) return error;
  const text = wordsOf(error);
  const broker = `RabbitMQ at ${brokerName(endpoint)}`;
  const refusal = findRefusal(error, text, endpoint);
  if (refusal !== undefined) {
    const { what, mayPass } = refusal;
    return new BrokerRefusedError(`${broker} ${what}`, { cause: error, mayPass });
  }
  const code = replyCode(error);
  if (code !== undefined && code !== CONNECTION_FORCED)
    return new BrokerUnavailableError(`${broker} answers, but refuses: ${text}.${remedyFor(error)}`, {
      cause: error,
      brokerAnswers: true,
    });
  return error instanceof Error ? error : new Error(text);
}

/** For callers, who wait for an answer: what is not the broker's answer is a lost connection. @param what was asked for */
export function explainNoAnswer(error: unknown, endpoint: Endpoint, what: string): BrokerError {
  const explained = explainRefusal(error, endpoint);
  if (explained instanceof BrokerError) return explained;
  return new BrokerUnavailableError(
    `The connection to RabbitMQ at ${brokerName(endpoint)} was lost (${explained.message}) before it answered: ${what}`,
    { cause: error },
  );
}

/** The broker's own words; amqplib wraps them, and names the method of the protocol. */
function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /with message "(.+)"$/s.exec(text)?.[1] ?? text;
}

function remedyFor(error: unknown): string {
  return replyCode(error) === NOT_FOUND ? ' Its messages are back once that node is.' : '';
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
