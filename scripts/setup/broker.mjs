import { probeBroker } from './amqp-probe.mjs';
import { dockerWorks, startDockerBroker } from './docker-broker.mjs';
import { runningBroker, startPrivateBroker, stopRememberedBroker } from './private-broker.mjs';
import { inProject, readJson, writeJson } from './project.mjs';
import { findRabbitmq } from './rabbitmq-node.mjs';
import { SetupError, say } from './report.mjs';
import { installationCommand, installSystemPackage } from './system-packages.mjs';

const DEFAULT_URL = 'amqp://guest:guest@127.0.0.1:5672';
/** The broker that was found, for tests and demo; read by scripts/broker-url.ts. */
const ANSWER = inProject('node_modules', '.cache', 'order-sync', 'broker.json');

/** Finds a RabbitMQ that answers, or starts one that stays for later runs. */
export async function ensureBroker() {
  const wanted = process.env['RABBITMQ_URL'] || null;
  const problem = await problemWith(wanted ?? DEFAULT_URL);
  const url =
    problem === undefined ? (wanted ?? DEFAULT_URL) : ((await runningBroker()) ?? (await startBroker(problem)));
  const before = readJson(ANSWER);
  if (before?.url !== url || before?.wanted !== wanted) writeJson(ANSWER, { url, wanted });
}

export async function stopBroker() {
  say((await stopRememberedBroker()) ? 'the private RabbitMQ is stopped' : 'no private RabbitMQ is running');
}

/**
 * @param {string} url
 * @returns {Promise<string | undefined>} undefined when it can be used
 */
async function problemWith(url) {
  if (!isUrl(url)) {
    throw new SetupError(
      'RABBITMQ_URL is not a URL of a single broker, expected one such as amqp://user:password@host:5672/vhost',
    );
  }
  const verdict = await probeBroker(url);
  if (verdict === 'ready') return undefined;
  const place = url === DEFAULT_URL ? 'on this machine' : `at ${new URL(url).host} (RABBITMQ_URL)`;
  return verdict === 'absent' ? `no RabbitMQ answers ${place}` : `the RabbitMQ ${place} refuses these credentials`;
}

/** As `URL.canParse`, which Node has since 18.17. @param {string} text */
function isUrl(text) {
  try {
    return Boolean(new URL(text));
  } catch {
    return false;
  }
}

/**
 * @param {string} problem with the requested broker
 * @returns {Promise<string>} the URL of another
 */
async function startBroker(problem) {
  say(problem);
  if (findRabbitmq() !== undefined) return startPrivateBroker();
  if (dockerWorks()) return startDockerBroker();
  if (installSystemPackage('rabbitmq')) return startPrivateBroker();
  throw new SetupError(
    `A RabbitMQ is needed. Do one of these, then run this again:\n  ${installationCommand('rabbitmq')}\n` +
      '  start Docker: RabbitMQ then runs in it\n' +
      '  set RABBITMQ_URL=amqp://user:password@host:5672 to one of yours (tests create and delete their own queues there)',
  );
}
