/** Base of everything that can go wrong between us and the broker. */
export abstract class BrokerError extends Error {}

/** The constructor's options are wrong. Each problem names the field, what was found and what was expected. */
export class BrokerOptionsError extends BrokerError {
  override readonly name = 'BrokerOptionsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`RabbitMQ options: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** The broker answers, but refuses us: credentials, permissions, or a queue that exists with other arguments. */
export class BrokerRefusedError extends BrokerError {
  override readonly name = 'BrokerRefusedError';
}

/** No connection within the time allowed. The message was certainly not sent. */
export class BrokerUnavailableError extends BrokerError {
  override readonly name = 'BrokerUnavailableError';
}

/** Every queue the message could have gone to is missing: the broker returned it. */
export class UnroutableError extends BrokerError {
  override readonly name = 'UnroutableError';
}

/** The broker refused the message (a full queue with reject-publish, for instance). */
export class PublishRefusedError extends BrokerError {
  override readonly name = 'PublishRefusedError';
}

/** The confirm never arrived: the message may or may not have. Sending it again is safe. */
export class PublishUnconfirmedError extends BrokerError {
  override readonly name = 'PublishUnconfirmedError';
}

/** `close()` was called. */
export class BrokerClosedError extends BrokerError {
  override readonly name = 'BrokerClosedError';
}

/** AMQP reply code of an amqplib error. For an error in the handshake, only the message has it. */
export function replyCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'number') return error.code;
  if (error.message.startsWith('Expected ConnectionOpenOk; got <ConnectionClose')) return NOT_ALLOWED;
  const found = /^Handshake terminated by server: (\d{3})/.exec(error.message);
  return found === null ? undefined : Number(found[1]);
}

export const ACCESS_REFUSED = 403;
export const PRECONDITION_FAILED = 406;
export const NOT_ALLOWED = 530;
