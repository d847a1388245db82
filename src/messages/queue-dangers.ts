import type { BrokerReport, QueueReport } from '../broker/inspect-broker.ts';
import type { QueueRules } from '../broker/management.ts';
import { isRetryQueue } from './retry-queues.ts';

/** A rule of the broker that can drop, expire or refuse messages of our queues. */
export interface QueueDanger {
  readonly queues: readonly string[];
  /** One sentence: whose rule, and what it does. */
  readonly message: string;
}

type Role = 'main' | 'retry' | 'dead-letters';

interface Rule {
  readonly source: string;
  readonly key: string;
  readonly value: number;
}

/** As far as the broker tells (see `policiesUnknown`): one for all queues that share it. */
export function queueDangers({ queues, version }: BrokerReport): QueueDanger[] {
  const [main] = queues;
  const roleOf = (queue: QueueReport): Role => {
    if (queue === main) return 'main';
    return isRetryQueue(queue.name) ? 'retry' : 'dead-letters';
  };
  const found = queues
    .filter(({ exists }) => exists)
    .flatMap((queue) => dangersOf(queue, roleOf(queue), version).map((danger) => ({ ...danger, queue: queue.name })));
  const shared = Map.groupBy(found, ({ rule, effect }) => `${rule.source} ${rule.key} ${rule.value} ${effect}`);
  return [...shared.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { rule, effect } = first;
    const names = same.map(({ queue }) => queue);
    const message = `${rule.source} sets ${rule.key} ${rule.value} on ${names.join(', ')}: ${effect}`;
    return { queues: names, message };
  });
}

interface Danger {
  readonly rule: Rule;
  readonly effect: string;
}

function dangersOf(queue: QueueReport, role: Role, version: string): Danger[] {
  const limit = deliveryLimit(queue, version);
  const { rules } = queue;
  const danger = (rule: Rule | undefined, effect: string): Danger[] => (rule === undefined ? [] : [{ rule, effect }]);
  const fromDeclaration = danger(
    limit,
    'a message that is returned to its queue more often is dropped; order-sync replaces its own before that',
  );
  if (rules === undefined) return fromDeclaration;
  const ttl = lowest(rules, 'message-ttl');
  const full = dropsHead(queue.type, rules) ? 'a full queue drops its oldest messages' : REFUSAL_EFFECTS[role];
  return [
    ...fromDeclaration,
    // The argument of a retry queue is its delay.
    ...(role === 'retry' && ttl?.source === ARGUMENT ? [] : danger(ttl, TTL_EFFECTS[role])),
    ...danger(
      lowest(rules, 'expires'),
      'a queue that nothing has used for so many milliseconds is deleted with its messages',
    ),
    ...danger(lowest(rules, 'max-length'), full),
    ...danger(lowest(rules, 'max-length-bytes'), full),
  ];
}

/** A queue that was declared plainly has the limit that RabbitMQ gives it, if it is a quorum queue. */
function deliveryLimit({ type, isPlain, rules }: QueueReport, version: string): Rule | undefined {
  if (type !== 'quorum') return undefined;
  const set = rules === undefined ? undefined : lowest(rules, 'delivery-limit');
  if (set !== undefined) return set.value < 0 || set.value >= HARMLESS_DELIVERY_LIMIT ? undefined : set;
  const hasDefault = isPlain && Number.parseInt(version, 10) >= FIRST_WITH_DEFAULT_LIMIT;
  return hasDefault ? { source: "RabbitMQ's default", key: 'delivery-limit', value: DEFAULT_LIMIT } : undefined;
}

/** Of the policies' value and the argument, the lower one counts. */
function lowest(rules: QueueRules, key: string): Rule | undefined {
  const argument = `x-${key}`;
  const candidates = [
    { source: policiesOf(rules), key, value: rules.definition[key] },
    { source: ARGUMENT, key: argument, value: rules.arguments[argument] },
  ];
  return candidates
    .filter((rule): rule is Rule => typeof rule.value === 'number')
    .reduce<Rule | undefined>((low, rule) => (low === undefined || rule.value < low.value ? rule : low), undefined);
}

function policiesOf({ policy, operatorPolicy }: QueueRules): string {
  const names = [
    ...(policy === null ? [] : [`policy "${policy}"`]),
    ...(operatorPolicy === null ? [] : [`operator policy "${operatorPolicy}"`]),
  ];
  return names.join(' with ');
}

/** On a quorum queue the policy's overflow counts more than the argument; on a classic queue it is the other way round. */
function dropsHead(type: string, { definition, arguments: { 'x-overflow': argument } }: QueueRules): boolean {
  const { overflow: policy } = definition;
  const overflow = type === 'quorum' ? (policy ?? argument) : (argument ?? policy);
  return overflow === undefined || overflow === 'drop-head';
}

const ARGUMENT = 'an argument';
/** More deliveries than any message ever has. Our own argument is 1,000,000,000. */
const HARMLESS_DELIVERY_LIMIT = 1_000_000;
const DEFAULT_LIMIT = 20;
const FIRST_WITH_DEFAULT_LIMIT = 4;

const TTL_EFFECTS: Readonly<Record<Role, string>> = {
  main: 'events that wait for more milliseconds than that are dropped',
  retry: 'events return to the main queue before their delay is over',
  'dead-letters': 'dead letters that are older, in milliseconds, are dropped',
};
const REFUSAL_EFFECTS: Readonly<Record<Role, string>> = {
  main: "a full queue refuses the shop's events",
  retry: 'a full queue takes no events, and those that fail go round until it does',
  'dead-letters': 'a full queue takes no events, and those that fail go round until it does',
};
