import { styleText } from 'node:util';
import { Command } from 'commander';
import { orAborted, withTimeout } from '../src/async/deadline.ts';
import { RabbitMQ } from '../src/index.ts';
import { readableLine } from '../src/logging/readable-line.ts';
import { checkClaims } from './checks/claims.ts';
import { readStoredState } from './checks/stored-state.ts';
import { startDemoShop } from './demo-shop.ts';
import { assertBrokerAnswers, deleteQueues, lookIntoQueues } from './run/broker.ts';
import { DemoDaemon } from './run/daemon.ts';
import { allErrors, DemoError, explain } from './run/errors.ts';
import { type Interruption, pause, watchForInterruption } from './run/interruption.ts';
import { DemoOutcomes } from './run/outcomes.ts';
import { type DemoSettings, demoSettings } from './run/settings.ts';
import { keepTaking, type Stage, tellStory } from './story/story.ts';
import { DemoWebsite } from './story/website.ts';
import { type Summary, summaryText } from './summary.ts';

/** The last events need far less. */
const FINISH_WITHIN_MS = 30_000;

/** Starts shop and daemon, lets orders flow, then stops everything, compares and cleans up. */
async function demo(settings: DemoSettings, keep: boolean, interruption: Interruption): Promise<Summary> {
  await using cleanUp = new AsyncDisposableStack();
  await orAborted(assertBrokerAnswers(settings), interruption.atOnce);
  cleanUp.defer(() => deleteQueues(settings));
  const shop = await startDemoShop();
  cleanUp.defer(() => shop.close());
  const { brokerUrl: url, queue } = settings;
  const rabbit = cleanUp.use(new RabbitMQ({ url, exchange: queue, queue, routingKey: queue }));
  const outcomes = new DemoOutcomes();
  const daemon = cleanUp.use(new DemoDaemon({ ...settings, shop, onLine: showAndNote(outcomes) }));
  const failed = AbortSignal.any([interruption.atOnce, daemon.ended]);
  await orAborted(Promise.all([rabbit.open(), daemon.ready]), failed);

  const website = new DemoWebsite(shop, rabbit, (event) => say(styleText('dim', `    the shop publishes ${event}`)));
  const startedAt = performance.now();
  await takeOrders({ website, outcomes, keep, failed, enough: AbortSignal.any([failed, interruption.enough]) });
  await orAborted(atMost(outcomes.until(() => outcomes.finished >= website.published.length)), failed);
  const seconds = (performance.now() - startedAt) / 1000;
  announce('The daemon stops; then shop, queues and database are compared');
  const daemonEnd = await daemon.stop();
  // Awaited here, or the clean-up would remove the queues first.
  return await summarize({ settings, website, outcomes, seconds, daemonEnd });
}

async function takeOrders({ website, outcomes, keep, failed, enough }: Taking): Promise<void> {
  const stage: Stage = {
    announce,
    pause: (ms) => pause(ms, enough),
    committed: ({ orderNumber }) =>
      orAborted(atMost(outcomes.until(() => outcomes.isCommitted(String(orderNumber)))), enough),
  };
  try {
    await orAborted(tellStory(website, stage), failed);
    if (keep) await orAborted(keepTaking(website, stage), failed);
  } catch (error) {
    failed.throwIfAborted();
    if (!enough.aborted) throw error;
  }
}

interface Taking {
  readonly website: DemoWebsite;
  readonly outcomes: DemoOutcomes;
  readonly keep: boolean;
  readonly failed: AbortSignal;
  readonly enough: AbortSignal;
}

/** Stops waiting after a while: the checks then report what is missing. */
function atMost(done: Promise<void>): Promise<void> {
  return withTimeout(done, FINISH_WITHIN_MS, () => undefined);
}

async function summarize({ settings, website, outcomes, seconds, daemonEnd }: Ended): Promise<Summary> {
  const queues = await lookIntoQueues(settings);
  const { orders, published, cancelled, expectedDeadLetters } = website;
  const times = outcomes.timesSince(published);
  const alone = new Set(website.undisturbed);
  const undisturbed = times.filter(({ orderNumber }) => alone.has(orderNumber));
  const claims = checkClaims({
    orders,
    cancelled,
    expectedDeadLetters,
    publishedEvents: published.length,
    finishedEvents: outcomes.finished,
    times: undisturbed,
    stored: readStoredState(settings.database),
    queues,
    daemonEnd,
  });
  return {
    orders: orders.length,
    events: published.length,
    seconds,
    count: (outcome) => outcomes.count(outcome),
    deadLetters: queues.deadLetters,
    undisturbed,
    times,
    claims,
    database: settings.database,
    exampleOrder: [...cancelled][0] ?? times[0]?.orderNumber,
  };
}

interface Ended {
  readonly settings: DemoSettings;
  readonly website: DemoWebsite;
  readonly outcomes: DemoOutcomes;
  readonly seconds: number;
  readonly daemonEnd: string;
}

function showAndNote(outcomes: DemoOutcomes): (line: string) => void {
  const readable = readableLine({ colour: process.stdout.isTTY && process.stdout.hasColors() });
  return (line) => {
    process.stdout.write(readable(line));
    outcomes.note(line);
  };
}

function announce(text: string): void {
  say(`\n${styleText('bold', text)}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const INTRODUCTION = `A demo shop publishes order events to RabbitMQ. The order-sync daemon takes them, fetches each order
from the shop, and writes it to the internal system, here an SQLite file. Each line with a time is from
the daemon's log.
`;

/** Runs the demo. @returns the exit status: 0 when all checks pass, 1 when not */
async function main({ keep }: { keep: boolean }): Promise<number> {
  const interruption = watchForInterruption(keep);
  const settings = demoSettings();
  say(INTRODUCTION);
  try {
    const summary = await demo(settings, keep, interruption);
    say(summaryText(summary));
    return summary.claims.every(({ problems }) => problems.length === 0) ? 0 : 1;
  } catch (error) {
    const errors = allErrors(error);
    for (const each of errors) process.stderr.write(`\ndemo: ${explain(each)}\n`);
    return errors[0] instanceof DemoError ? errors[0].exitStatus : 1;
  }
}

const options = new Command('npm run demo --')
  .description(
    'Shows order-sync at work on a real RabbitMQ: 40 orders in about ten seconds, and all that goes wrong on the way.',
  )
  .option('--keep', 'keep taking a few orders a second until Ctrl-C', false)
  .helpOption('-h, --help', 'show this help')
  .showHelpAfterError()
  .parse()
  .opts<{ keep: boolean }>();
process.exit(await main(options));
