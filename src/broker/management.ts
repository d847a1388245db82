import { Agent, request } from 'undici';
import { z } from 'zod';
import { tlsProblem } from '../tls-problem.ts';
import type { Endpoint } from './endpoint.ts';

/** What applies to a queue, besides what its declaration says. AMQP does not tell. */
export interface QueueRules {
  readonly type: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** The policy and the operator policy that match, by name; at most one of each. */
  readonly policy: string | null;
  readonly operatorPolicy: string | null;
  /** Both of them together. */
  readonly definition: Readonly<Record<string, unknown>>;
}

/** What AMQP does not tell of a queue. */
export interface ManagedQueue {
  readonly rules: QueueRules;
  /**
   * Expired in this queue, and not yet confirmed by the one that they go to. That takes moments, except in RabbitMQ 3: what was under
   * way when nodes lost each other, is sent again only after three minutes. AMQP does not count them.
   */
  readonly underWay: number;
  /** Of a quorum queue: how many of its nodes are there, and how many there should be. */
  readonly nodes: { readonly online: number; readonly all: number } | undefined;
}

/** RabbitMQ's management API did not say what was asked. The message tells why, and what to do. */
export class ManagementError extends Error {
  override readonly name = 'ManagementError';
}

const TIMEOUT_MS = 5_000;
const TLS = { ca: 'RABBITMQ_CA_FILE', withoutTls: 'an address that begins with http://' };
const UNAUTHORIZED = 401;
const NOT_FOUND = 404;

/** An empty Erlang map may arrive as a list. */
const definition = z.union([z.record(z.string(), z.unknown()), z.tuple([]).transform(() => ({}))]).nullish();
const queueReply = z.object({
  type: z.string(),
  arguments: definition,
  policy: z.string().nullish(),
  operator_policy: z.string().nullish(),
  effective_policy_definition: definition,
  messages_dlx: z.number().optional(),
  members: z.array(z.string()).optional(),
  online: z.array(z.string()).optional(),
});

/**
 * Asks the management API, with the credentials and certificates of the AMQP connection.
 *
 * @param url its address, without a slash at the end
 * @returns by queue; without those that do not exist
 * @throws ManagementError
 */
export async function readQueues(
  url: string,
  endpoint: Endpoint,
  queues: readonly string[],
): Promise<Map<string, ManagedQueue>> {
  const agent = new Agent({ connect: { ...endpoint.tls, timeout: TIMEOUT_MS } });
  try {
    const found = new Map<string, ManagedQueue>();
    for (const queue of queues) {
      const managed = await ask(agent, url, endpoint, queue);
      if (managed !== undefined) found.set(queue, managed);
    }
    return found;
  } finally {
    await agent.destroy();
  }
}

async function ask(agent: Agent, base: string, endpoint: Endpoint, queue: string): Promise<ManagedQueue | undefined> {
  const { username, password, vhost } = endpoint;
  const url = `${base}/api/queues/${encodeURIComponent(vhost)}/${encodeURIComponent(queue)}`;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const api = `The management API at ${base}`;
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const reply = await request(url, { dispatcher: agent, headers: { authorization }, signal });
    const text = await reply.body.text();
    if (reply.statusCode === NOT_FOUND) return undefined;
    if (reply.statusCode === UNAUTHORIZED)
      throw new ManagementError(
        `${api} refuses user "${username}": it needs the tag "management" (rabbitmqctl set_user_tags).`,
      );
    const found = queueReply.safeParse(parsed(text));
    if (!found.success)
      throw new ManagementError(`${api} answers HTTP ${reply.statusCode} and no queue; is it RabbitMQ's?`);
    return managedQueue(found.data);
  } catch (cause) {
    if (cause instanceof ManagementError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new ManagementError(`${api} does not answer (${tlsProblem(cause, TLS) ?? code}).`, { cause });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function managedQueue(reply: z.output<typeof queueReply>): ManagedQueue {
  const { messages_dlx: underWay = 0, members, online } = reply;
  const nodes = members && online && { online: online.length, all: members.length };
  return { rules: rulesOf(reply), underWay, nodes };
}

function rulesOf(reply: z.output<typeof queueReply>): QueueRules {
  return {
    type: reply.type,
    arguments: reply.arguments ?? {},
    policy: reply.policy ?? null,
    operatorPolicy: reply.operator_policy ?? null,
    definition: reply.effective_policy_definition ?? {},
  };
}
