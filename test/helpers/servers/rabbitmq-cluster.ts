import { randomBytes } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOutNode, type RabbitmqNode } from '../../../scripts/setup/rabbitmq-node.mjs';
import { startPortMapper } from '../network/port-mapper.ts';
import { startTcpProxy, type TcpProxy } from '../network/tcp-proxy.ts';
import { requireInstalled } from './installed.ts';
import { serverFolder } from './private-server.ts';
import { type PrivateRabbitMQ, startNode } from './rabbitmq.ts';

/** Three nodes that one test owns. Each can be killed, stopped and started again like a private RabbitMQ. */
export interface RabbitMQCluster extends AsyncDisposable {
  /** On 127.0.0.11, 127.0.0.12 and 127.0.0.13, each on a port of its own. */
  readonly nodes: readonly [PrivateRabbitMQ, PrivateRabbitMQ, PrivateRabbitMQ];
  /** The node that leads a quorum queue, or holds a classic one. @param from a running node, which is asked */
  homeOf(queue: string, from?: PrivateRabbitMQ): Promise<PrivateRabbitMQ>;
  /** Between two nodes, nothing arrives any more, in silence: either way, or only from the first to the second. */
  partition(one: PrivateRabbitMQ, other: PrivateRabbitMQ, way: 'both ways' | 'one way'): void;
  /** Ends all partitions. What has piled up arrives. */
  heal(): void;
  /** Resolves once every node runs and is connected to the others. @throws Error after a minute */
  isWhole(): Promise<void>;
}

export interface ClusterOptions {
  /** Lines of rabbitmq.conf for each node. */
  readonly settings?: readonly string[];
  /** The folder of rabbitmq-server and rabbitmqctl. */
  readonly binaries?: string;
}

/** Only Linux answers on all of 127.0.0.0/8. Their ports differ as well. */
const HOSTS =
  process.platform === 'linux' ? ['127.0.0.11', '127.0.0.12', '127.0.0.13'] : ['127.0.0.1', '127.0.0.1', '127.0.0.1'];

/**
 * Three nodes on a small machine: one scheduler each, which sleeps when it has nothing to do. And expired messages that a
 * quorum queue was forwarding when a node went down are forwarded again after ten seconds instead of three minutes.
 */
const ARGUMENTS =
  '+S 1:1 +SDio 1 +sbwt none +sbwtdcpu none +sbwtdio none -rabbit dead_letter_worker_publisher_confirm_timeout 10000';

const WHOLE_TIMEOUT_S = 60;

/**
 * Starts a private cluster of three RabbitMQ nodes, which pause when they are in the minority. It takes 8 to 15 s.
 *
 * Node names end in `@localhost`, so they resolve everywhere. Each node asks a port mapper of its own for the others' ports and
 * is sent through a proxy, which is where partitions happen.
 */
export async function startRabbitMQCluster({
  settings = [],
  binaries = requireInstalled('rabbitmq'),
}: ClusterOptions = {}): Promise<RabbitMQCluster> {
  await using unfinished = new AsyncDisposableStack();
  const layouts = await layOut(settings);
  const names = layouts.map(({ node }) => node.name);
  const registry = new Map<string, number>();
  const roads = new Map<string, TcpProxy>();
  for (const { node } of layouts) {
    for (const other of layouts.filter(({ node: { name } }) => name !== node.name))
      roads.set(
        road(node.name, other.node.name),
        unfinished.use(await startTcpProxy({ port: other.distributionPort })),
      );
    const detour = (name: string) => roads.get(road(node.name, `${name}@localhost`))?.port;
    unfinished.use(await startPortMapper({ port: Number(node.env['ERL_EPMD_PORT']), nodes: registry, detour }));
  }
  const starts = layouts.map(async ({ folder, node }) => {
    const program = join(binaries, 'rabbitmq-server');
    return unfinished.use(await startNode({ program, args: [], folder, binaries, node }));
  });
  await Promise.allSettled(starts);
  const [first, second, third] = await Promise.all(starts);
  if (first === undefined || second === undefined || third === undefined) throw new Error('three nodes were laid out');
  const nodes = [first, second, third] as const;
  const nameOf = (node: PrivateRabbitMQ) => names[nodes.indexOf(node)] ?? '';
  const block = (from: PrivateRabbitMQ, to: PrivateRabbitMQ) => {
    // Either of them may have opened their connection.
    roads.get(road(nameOf(from), nameOf(to)))?.freeze('to-server');
    roads.get(road(nameOf(to), nameOf(from)))?.freeze('to-client');
  };
  const cluster: Omit<RabbitMQCluster, keyof AsyncDisposable> = {
    nodes,
    homeOf: async (queue, from = first) => {
      const name = await evaluate(from, homeExpression(queue));
      const home = nodes.find((node) => nameOf(node) === name);
      if (home === undefined) throw new Error(`${queue} is on ${name}, expected one of ${names.join(', ')}`);
      return home;
    },
    partition: (one, other, way) => {
      block(one, other);
      if (way === 'both ways') block(other, one);
    },
    heal: () => {
      for (const proxy of roads.values()) proxy.thaw();
    },
    isWhole: async () => {
      const found = await evaluate(first, untilWhole(names));
      if (found !== 'whole') throw new Error(`The cluster is not whole after ${WHOLE_TIMEOUT_S} s.`);
    },
  };
  await cluster.isWhole();
  const everything = unfinished.move();
  return { ...cluster, [Symbol.asyncDispose]: () => everything.disposeAsync() };
}

interface Layout {
  readonly folder: string;
  readonly node: RabbitmqNode;
  readonly distributionPort: number;
}

async function layOut(settings: readonly string[]): Promise<Layout[]> {
  const cookie = randomBytes(10).toString('hex');
  const layouts: Layout[] = [];
  const lines = [
    'cluster_partition_handling = pause_minority',
    // A silent peer counts as down after 4 to 6 s instead of a minute.
    'net_ticktime = 5',
    'cluster_formation.peer_discovery_backend = classic_config',
    ...settings,
  ];
  for (const host of HOSTS) {
    const folder = serverFolder('rabbitmq');
    const node = await layOutNode(folder, lines, [], host);
    writeFileSync(join(folder, 'home', '.erlang.cookie'), cookie, { mode: 0o400 });
    layouts.push({ folder, node, distributionPort: Number(node.env['RABBITMQ_DIST_PORT']) });
  }
  const members = layouts.map(({ node }, at) => `cluster_formation.classic_config.nodes.${at + 1} = ${node.name}\n`);
  for (const { node } of layouts) {
    appendFileSync(String(node.env['RABBITMQ_CONFIG_FILE']), members.join(''));
    node.env['RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS'] += ` ${ARGUMENTS}`;
  }
  return layouts;
}

function road(from: string, to: string): string {
  return `${from} to ${to}`;
}

async function evaluate(node: PrivateRabbitMQ, expression: string): Promise<string> {
  return (await node.ctl('--timeout', String(2 * WHOLE_TIMEOUT_S), 'eval', expression)).trim().replaceAll("'", '');
}

/** Waits inside the node: each rabbitmqctl takes a second of processor time. */
function untilWhole(names: readonly string[]): string {
  return `Names = [${names.map((name) => `'${name}'`).join(', ')}],
    SeesAll = fun(On) -> case rpc:call(On, erlang, nodes, []) of
      Others when is_list(Others) -> Names -- [On | Others] =:= [];
      _ -> false
    end end,
    IsWhole = fun() -> lists:all(fun(On) -> rpc:call(On, rabbit, is_running, []) =:= true andalso SeesAll(On) end, Names) end,
    Again = fun() -> timer:sleep(200) end, % Erlang tells of one connection; that all of them are there, no event says.
    Wait = fun
      Wait(0) -> torn;
      Wait(Left) -> case IsWhole() of true -> whole; false -> Again(), Wait(Left - 1) end
    end,
    Wait(${WHOLE_TIMEOUT_S * 5}).`;
}

function homeExpression(queue: string): string {
  return `{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, <<"${queue}">>)),
    case amqqueue:get_pid(Q) of
      {Name, _} -> element(2, ra_leaderboard:lookup_leader(Name));
      Pid -> node(Pid)
    end.`;
}
