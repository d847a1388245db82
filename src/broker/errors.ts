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

/**
 * What was asked for cannot be had now, but may be later: there is no connection, the broker takes no messages, or what it holds
 * is out of reach because nodes of its cluster are down. Certainly not sent.
 */
export class BrokerUnavailableError extends BrokerError {
  override readonly name = 'BrokerUnavailableError';
  /** The broker answers, and said so itself. Otherwise nobody answers. */
  readonly brokerAnswers: boolean;

  constructor(message: string, { brokerAnswers = false, ...options }: ErrorOptions & { brokerAnswers?: boolean } = {}) {
    super(message, options);
    this.brokerAnswers = brokerAnswers;
  }
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

export const ACCESS_REFUSED = 403;
/** Something exists with other properties than those declared. */
export const PRECONDITION_FAILED = 406;

/** AMQP reply code of an amqplib error, if it has one. */
export function replyCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  return 'code' in error && typeof error.code === 'number' ? error.code : undefined;
}

/**
 * No such queue or exchange. RabbitMQ has the same code for a queue that is there and out of reach: its node is down, or its process
 * was stopped or has crashed. Only the words differ.
 */
export function isMissing(error: unknown): boolean {
  return replyCode(error) === 404 && /NOT_FOUND - no (?:queue|exchange) /.test(String(error));
}

/** For whoever needs a connection that is not up. @param problem why it is not @param otherwise what to say when nobody answers */
export function notConnected(problem: Error | undefined, otherwise: string): BrokerUnavailableError {
  const said = brokersAnswer(problem);
  return new BrokerUnavailableError(said ?? otherwise, { cause: problem, brokerAnswers: said !== undefined });
}

/** What the broker says that keeps us from working with it; undefined when nobody answers. */
export function brokersAnswer(error: Error | undefined): string | undefined {
  const isAnswer =
    error instanceof BrokerRefusedError || (error instanceof BrokerUnavailableError && error.brokerAnswers);
  return isAnswer ? error.message : undefined;
}
