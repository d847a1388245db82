import type { ChannelModel } from 'amqplib';
import { declareCompanion, successorInUse } from './companions.ts';
import { brokerName, type Endpoint, type Endpoints } from './endpoint.ts';
import { ACCESS_REFUSED, BrokerUnavailableError, PRECONDITION_FAILED, replyCode } from './errors.ts';
import type { ManagedQueue, ManagementError, QueueRules } from './management.ts';
import { ifExists, onChannel } from './on-channel.ts';
import { openConnectionWithTimeout } from './open-with-timeout.ts';
import { checkOptions, type QueueDeclaration, type RabbitMQOptions, type Topology } from './options.ts';
import { countMessages, makeSureOfReach, mayBeOutOfReach } from './queue-counts.ts';
import { builtInType } from './routing.ts';
import type { Generation, SupervisedConnection } from './supervised-connection.ts';
import { declareExchange, declareMainQueue, mayDeclare, refuseStream } from './topology.ts';

export interface BrokerReport {
  /** `host:port`, and the address if the host has several. */
  readonly address: string;
  readonly vhost: string;
  readonly version: string;
  /** True where it need not: it is built in, or not ours to declare. */
  readonly exchangeExists: boolean;
  /** The main queue, then its companions, each followed by its successor if there is one. */
  readonly queues: readonly [QueueReport, ...QueueReport[]];
  /** Why nothing is known of the policies; undefined when they were read. */
  readonly policiesUnknown?: 'not asked' | ManagementError;
}

export interface QueueReport {
  readonly name: string;
  /** What it is, and not what it was declared as: a plain declaration leaves that to the virtual host. */
  readonly type: string;
  /** Declared without arguments. */
  readonly isPlain: boolean;
  readonly exists: boolean;
  /** Whether we and our user may make one that does not exist. */
  readonly mayDeclare: boolean;
  /** Ready to be delivered, without those in flight. */
  readonly messages: number;
  readonly consumers: number;
  /** Why the queue, which is there, is out of reach: then nothing is known of what is in it. */
  readonly problem?: string;
  /** Undefined when they are not known. */
  readonly rules?: QueueRules;
  /** Undefined when it is not known. @see ManagedQueue */
  readonly underWay?: number;
}

/**
 * Looks at what `RabbitMQ.open` would find, and creates nothing: a mistyped name must not leave a queue behind that
 * collects the shop's events forever.
 *
 * @param managementUrl of the management API, which alone knows the policies
 * @throws BrokerRefusedError when `open` would: credentials, or something exists with other properties;
 *   BrokerUnavailableError after 15 s for each host
 */
export async function inspectBroker(
  options: RabbitMQOptions,
  managementUrl: string | undefined,
): Promise<BrokerReport> {
  const { endpoints, topology } = checkOptions(options);
  return withQueueRules(await inspectEndpoints(endpoints(), topology), managementUrl, endpoints()[0]);
}

/** The first of them that can be used. @throws like `inspectBroker` */
export async function inspectEndpoints(endpoints: Endpoints, topology: Topology): Promise<BrokerReport> {
  let found: { readonly endpoint: Endpoint; readonly findings: Findings } | undefined;
  const connection = await openConnectionWithTimeout(
    () => endpoints,
    CONNECTION_NAME,
    async (generation) => {
      found = { endpoint: generation.endpoint, findings: await look(generation, topology) };
    },
  );
  await connection.close();
  if (found === undefined) throw new TypeError('The connection opened without its set-up.');
  const { endpoint, findings } = found;
  const [main, ...companions] = findings.queues;
  const problems = await outOfReach(endpoint, findings.queues);
  const withProblem = (queue: QueueReport): QueueReport => {
    const problem = problems.get(queue.name);
    return problem === undefined ? queue : { ...queue, problem };
  };
  const queues = [withProblem(main), ...companions.map(withProblem)] as const;
  return { address: brokerName(endpoint), vhost: endpoint.vhost, ...findings, queues };
}

/** Makes sure of the queues that say that they are empty. @returns why they are out of reach, by name */
async function outOfReach(endpoint: Endpoint, queues: readonly QueueReport[]): Promise<Map<string, string>> {
  const problems = new Map<string, string>();
  const unsure = queues.filter((queue) => queue.exists && queue.problem === undefined && mayBeOutOfReach(queue));
  let open: Probe | undefined;
  for (const { name } of unsure) {
    open ??= await openProbe(endpoint);
    try {
      await makeSureOfReach(open.generation, name);
    } catch (error) {
      problems.set(name, messageOf(error));
      await open.connection.close();
      open = undefined;
    }
  }
  await open?.connection.close();
  return problems;
}

interface Probe {
  readonly connection: SupervisedConnection;
  readonly generation: Generation;
}

/** A connection that may be lost. */
async function openProbe(endpoint: Endpoint): Promise<Probe> {
  const opened = Promise.withResolvers<Generation>();
  const connection = await openConnectionWithTimeout(
    () => [endpoint],
    CONNECTION_NAME,
    async (generation) => opened.resolve(generation),
  );
  return { connection, generation: await opened.promise };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Adds what only the management API knows. @param login the credentials */
export async function withQueueRules(
  report: BrokerReport,
  managementUrl: string | undefined,
  login: Endpoint,
): Promise<BrokerReport> {
  if (managementUrl === undefined) return { ...report, policiesUnknown: 'not asked' };
  // Loaded only where it is asked: its HTTP client is all of undici.
  const { ManagementError, readQueues } = await import('./management.ts');
  try {
    const names = report.queues.map(({ name }) => name);
    const managed = await readQueues(managementUrl, login, names);
    const [main, ...companions] = report.queues;
    const withRules = (queue: QueueReport): QueueReport => {
      const found = managed.get(queue.name);
      if (found === undefined) return queue;
      const { rules, underWay } = found;
      return { ...queue, ...lostMajority(queue, found), type: rules.type, rules, underWay };
    };
    return { ...report, queues: [withRules(main), ...companions.map(withRules)] };
  } catch (error) {
    if (!(error instanceof ManagementError)) throw error;
    return { ...report, policiesUnknown: error };
  }
}

/** RabbitMQ 4 answers for such a queue as if all were well. */
function lostMajority({ name, problem }: QueueReport, { nodes }: ManagedQueue): Pick<QueueReport, 'problem'> {
  if (problem !== undefined || nodes === undefined || nodes.online * 2 > nodes.all) return {};
  return { problem: `queue "${name}" has lost its majority: ${nodes.online} of its ${nodes.all} nodes is there` };
}

const CONNECTION_NAME = 'order-sync check';

type Findings = Omit<BrokerReport, 'address' | 'vhost' | 'policiesUnknown'>;

/** At the queues all at once: each that is out of reach may take its time. */
async function look(generation: Generation, topology: Topology): Promise<Findings> {
  const { model } = generation;
  const [exchangeExists, main, ...companions] = await Promise.all([
    lookAtExchange(model, topology),
    lookAtMainQueue(generation, topology),
    ...topology.companionQueues.map((companion) => lookAtCompanion(generation, companion, topology)),
  ]);
  return {
    version: model.connection.serverProperties.version,
    exchangeExists,
    queues: [main, ...companions.flat()],
  };
}

async function lookAtExchange(model: ChannelModel, topology: Topology): Promise<boolean> {
  const { exchange, declare } = topology;
  if (declare === 'passive' || builtInType(exchange) !== undefined) return true;
  if ((await ifExists(model, (channel) => channel.checkExchange(exchange))) === undefined) return false;
  await declareExchange(model, topology);
  return true;
}

/** Whatever exists is compared with what it should be, which changes nothing. */
async function lookAtMainQueue(generation: Generation, topology: Topology): Promise<QueueReport> {
  const { model } = generation;
  const { queue: name, queueType: type, declare } = topology;
  const isPassive = declare === 'passive';
  const isPlain = type === 'classic';
  const found = await lookAtQueue(generation, { name, type, isPlain, isOurs: !isPassive });
  if (!found.exists || found.problem !== undefined) return found;
  if (isPassive) {
    await refuseStream(model, name);
    return found;
  }
  await onChannel(model, (channel) => declareMainQueue(channel, topology));
  return isPlain ? { ...found, type: await actualType(model, topology) } : found;
}

/** A classic queue agrees with a declaration that says so; any other type refuses it, and names itself. */
async function actualType(model: ChannelModel, { queue, durable, autoDelete }: Topology): Promise<string> {
  try {
    const options = { durable, autoDelete, arguments: { 'x-queue-type': 'classic' } };
    await onChannel(model, (channel) => channel.assertQueue(queue, options));
    return 'classic';
  } catch (error) {
    if (replyCode(error) !== PRECONDITION_FAILED) throw error;
    return /current is '(\w+)'/.exec(String(error))?.[1] ?? 'not classic';
  }
}

async function lookAtCompanion(
  generation: Generation,
  companion: QueueDeclaration,
  { declare }: Topology,
): Promise<QueueReport[]> {
  const { model } = generation;
  const found = await lookAtQueue(generation, { ...companion, isOurs: true });
  if (!found.exists || found.problem !== undefined) return [found];
  try {
    const successor = await successorInUse(model, companion);
    if (successor !== undefined)
      return [found, await lookAtQueue(generation, { ...companion, name: successor, isOurs: true })];
    await declareCompanion(model, companion);
  } catch (error) {
    // Whoever may not declare it uses it as it is.
    if (declare === 'active' || replyCode(error) !== ACCESS_REFUSED) throw error;
  }
  return [found];
}

/** @param queue.isOurs whether it is for us to make */
async function lookAtQueue(
  generation: Generation,
  { name, type, isPlain = false, isOurs }: { name: string; type: string; isPlain?: boolean; isOurs: boolean },
): Promise<QueueReport> {
  const queue = { name, type, isPlain, messages: 0, consumers: 0 };
  try {
    const counts = await countMessages(generation, name);
    if (counts !== undefined) return { ...queue, exists: true, mayDeclare: true, ...counts };
    return { ...queue, exists: false, mayDeclare: isOurs && (await mayDeclare(generation.model, name)) };
  } catch (error) {
    if (!(error instanceof BrokerUnavailableError && error.brokerAnswers)) throw error;
    return { ...queue, exists: true, mayDeclare: true, problem: error.message };
  }
}
