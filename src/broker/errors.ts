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

/** The broker answers, but refuses us: credentials, permissions, limits, or a queue that exists with other arguments. */
export class BrokerRefusedError extends BrokerError {
  override readonly name = 'BrokerRefusedError';
  /** It may pass by itself; otherwise a person has to change something. */
  readonly mayPass: boolean;

  constructor(message: string, { mayPass = false, ...options }: ErrorOptions & { mayPass?: boolean } = {}) {
    super(message, options);
    this.mayPass = mayPass;
  }
}

/** No connection within the time allowed, or one on which the broker takes no messages. Certainly not sent. */
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

/** AMQP reply code of an amqplib error, if it has one. */
export function replyCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}

/** No such queue or exchange. A queue whose node is away has the same code, but is there. */
export function isMissing(error: unknown): boolean {
  return replyCode(error) === 404 && error instanceof Error && !error.message.includes('down or inaccessible');
}
