import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePorts } from './free-ports.mjs';
import { findProgram } from './system-packages.mjs';

/**
 * A RabbitMQ node that shares nothing with the machine's own: node name, ports, epmd, cookie, data and log have a folder and
 * ports of their own. Used by set-up, and by tests that stop and break a broker.
 *
 * @typedef {object} RabbitmqNode
 * @property {string} name
 * @property {string} url
 * @property {number} port
 * @property {Record<string, string | undefined>} env for rabbitmq-server and rabbitmqctl
 */

/** Debian's `rabbitmq-server` on the PATH serves only root's system-wide node: we need the script behind it. */
const FOLDERS = ['/usr/lib/rabbitmq/bin', '/usr/sbin', '/usr/local/sbin', '/opt/homebrew/sbin', '/opt/rabbitmq/sbin'];

/** @returns {string | undefined} the folder that rabbitmq-server and rabbitmqctl are in; undefined when not installed */
export function findRabbitmq() {
  const server = findProgram('rabbitmq-server', FOLDERS);
  return server === undefined ? undefined : dirname(server);
}

/**
 * Lays out a new node in `folder`.
 *
 * @param {string} folder exists; will hold everything of the node
 * @param {string[]} [settings] further lines of rabbitmq.conf
 * @param {string[]} [plugins] to be enabled
 * @param {string} [host] the address it serves clients on; nodes and rabbitmqctl meet on 127.0.0.1
 * @returns {Promise<RabbitmqNode>}
 */
export async function layOutNode(folder, settings = [], plugins = [], host = '127.0.0.1') {
  const [port = 0, distributionPort = 0, epmdPort = 0] = await freePorts(3);
  const name = `order-sync-${port}@localhost`;
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const file = (/** @type {string} */ fileName, /** @type {string} */ content) => {
    writeFileSync(join(folder, fileName), content);
    return join(folder, fileName);
  };
  const configuration = [`listeners.tcp.1 = ${host}:${port}`, 'disk_free_limit.absolute = 50MB', ...settings, ''];
  const inherited = Object.entries(process.env).filter(([key]) => !/^(?:RABBITMQ_|NOTIFY_SOCKET$)/.test(key));
  return {
    name,
    port,
    url: `amqp://guest:guest@${host}:${port}`,
    env: {
      ...Object.fromEntries(inherited),
      HOME: home,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      // A command whose server is removed under it would leave its crash dump in the current folder.
      ERL_CRASH_DUMP_SECONDS: '0',
      ERL_EPMD_PORT: String(epmdPort),
      RABBITMQ_NODENAME: name,
      RABBITMQ_DIST_PORT: String(distributionPort),
      RABBITMQ_MNESIA_BASE: join(folder, 'data'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_CONFIG_FILE: file('rabbitmq.conf', configuration.join('\n')),
      RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins', `[${plugins.join(',')}].\n`),
      RABBITMQ_CONF_ENV_FILE: file('rabbitmq-env.conf', ''),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    },
  };
}

/**
 * The command that runs a node and its epmd in the foreground. Run in a process group of its own, both end with the group;
 * an epmd started by Erlang would outlive them.
 *
 * @param {string} binaries as found by `findRabbitmq`
 * @param {RabbitmqNode} node
 */
export function nodeCommand(binaries, node) {
  const script = 'epmd -port "$1" -address 127.0.0.1 & exec "$2"';
  const args = ['-c', script, 'sh', String(node.env['ERL_EPMD_PORT']), join(binaries, 'rabbitmq-server')];
  return { program: 'sh', args };
}
