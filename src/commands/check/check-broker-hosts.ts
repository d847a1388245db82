import { findAlarm } from '../../broker/alarm.ts';
import { brokerName } from '../../broker/endpoint.ts';
import { BrokerRefusedError } from '../../broker/errors.ts';
import { withAddresses } from '../../broker/hosts/addresses.ts';
import { type BrokerReport, inspectEndpoints } from '../../broker/inspect-broker.ts';
import { checkOptions, type RabbitMQOptions } from '../../broker/options.ts';
import { type CheckResult, failed } from './check-result.ts';

/** What was found at one host, or at one address of a host that has several. */
export interface HostFinding {
  /** @see brokerName */
  readonly broker: string;
  /** Undefined when it could not be used. */
  readonly report?: BrokerReport;
  readonly error?: unknown;
  /** The alarm because of which it takes no messages, in its words; an Error if it could not be asked. */
  readonly alarm?: string | Error;
}

/** Tries each host by itself, all at once. */
export async function inspectHosts(options: RabbitMQOptions): Promise<HostFinding[]> {
  const { endpoints, topology } = checkOptions(options);
  const peers = await withAddresses(endpoints());
  return Promise.all(
    peers.map(async (endpoint) => {
      const broker = brokerName(endpoint);
      try {
        const report = await inspectEndpoints([endpoint], topology);
        const alarm = await findAlarm(endpoint, 'order-sync check').catch(asError);
        return { broker, report, ...(alarm === undefined ? {} : { alarm }) };
      } catch (error) {
        return { broker, error };
      }
    }),
  );
}

/** A line for each host; none for a single one, of which everything else tells. */
export function describeHosts(hosts: readonly HostFinding[]): string[] {
  if (hosts.length === 1) return [];
  return hosts.map((host) => {
    const problem = problemOf(host);
    return problem === undefined ? `✓ RabbitMQ ${host.report?.version} at ${host.broker}` : `✗ ${problem}`;
  });
}

/** One whose queues are all within reach, if there is one: the daemon tries the hosts until it has found it. */
export function bestReport(hosts: readonly HostFinding[]): BrokerReport | undefined {
  const best = hosts.find((host) => problemOf(host) === undefined);
  return (best ?? hosts.find(({ report }) => report !== undefined))?.report;
}

function problemOf({ report, error }: HostFinding): string | undefined {
  return report === undefined ? messageOf(error) : report.queues.find(({ problem }) => problem !== undefined)?.problem;
}

export function hostsAsJson(hosts: readonly HostFinding[]): object[] {
  return hosts.map((host) => {
    const { broker, report } = host;
    const message = problemOf(host);
    const version = report === undefined ? {} : { version: report.version };
    return message === undefined
      ? { broker, state: 'ok', ...version }
      : { broker, state: 'failed', ...version, message };
  });
}

/** What a person has to change outranks what may recover on its own. */
export function noHostWorks(hosts: readonly HostFinding[], remedies: Readonly<Record<string, string>>): CheckResult {
  const errors = hosts.map(({ error }) => error);
  const result = failed('RabbitMQ', errors.find((error) => error instanceof BrokerRefusedError) ?? errors[0], remedies);
  if (hosts.length === 1) return result;
  const lines = [`none of the ${hosts.length} hosts can be used`, ...describeHosts(hosts)];
  return { ...result, lines, details: { ...result.details, hosts: hostsAsJson(hosts) } };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
