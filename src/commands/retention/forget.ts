import type { Command } from 'commander';
import { type Config, loadConfig } from '../../config/load-config.ts';
import { readEnvironment } from '../../config/read-environment.ts';
import { type BareMessages, bareMessages, type Wanted } from '../../dead-letters/bare-messages.ts';
import type { InternalSystem } from '../../internal-system/internal-system.ts';
import { meantOrders } from '../../internal-system/meant-order.ts';
import type { PrivacyStore } from '../../internal-system/privacy-store.ts';
import { audit } from '../cli/audit.ts';
import { confirm } from '../cli/confirm.ts';
import { counted } from '../cli/counted.ts';
import { CommandError, EXIT } from '../cli/exit-status.ts';
import { helpText } from '../cli/help-text.ts';
import { addReference } from '../cli/order-references.ts';
import { print, printJson, say } from '../cli/output.ts';
import { Progress } from '../cli/progress.ts';
import { run } from '../cli/run.ts';
import { auditCommand } from '../connect/command-actor.ts';
import { isAskedById } from '../connect/names.ts';
import { withBroker } from '../connect/with-broker.ts';
import { withInternalSystem } from '../connect/with-internal-system.ts';

export function defineForget(program: Command): void {
  program
    .command('forget')
    .summary("delete a buyer's personal data")
    .description(
      'Deletes what says who bought an order: name, address, notes, references of payments, and every field that is not known. ' +
        'The order itself stays, with what was sold, for how much and to which country, and so do later versions of it.',
    )
    .argument('[order...]', "order numbers, or the shop's own ids", addReference)
    .option('--email <address>', 'every order with this e-mail address')
    .option(
      '--even-if-open',
      'also orders that are not paid, not shipped or not in the ERP yet: they lose their address',
    )
    .option('--dry-run', 'list the orders, and delete nothing')
    .option('--yes', 'do not ask')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      helpText({
        notes: [
          'Of their events that are being retried or are dead letters, the order and what happened is all',
          'that is left; what was discarded of them is gone. Delete the data in the shop first: later',
          'versions are stored without the buyer here, but the shop still shows them.',
          'Not reached: your own tables, the ERP, backups, and tracking numbers, by which the shop is compared.',
        ],
        examples: [
          ['order-sync forget 10086', 'after asking'],
          ['order-sync forget --email li@example.com --dry-run', 'which orders would that be?'],
        ],
        exits: [
          [EXIT.ok, 'forgotten, or listed'],
          [EXIT.failed, 'an order is unknown or still open, a dead letter needs a person, or you answered no'],
          [EXIT.usage, 'no order is named, or --yes is missing and there is no terminal to ask on'],
          [EXIT.unavailable, 'RabbitMQ or the database does not answer; what was begun is done by running it again'],
          [EXIT.badConfiguration, 'the configuration is wrong, or the database refuses it'],
        ],
      }),
    )
    .action(async (references: readonly string[] = [], options: ForgetOptions, command: Command) => {
      if (references.length > 0 === (options.email !== undefined))
        command.error('error: name orders, or an --email address');
      if (!options.yes && !options.dryRun && !process.stdin.isTTY)
        command.error('error: there is no terminal to ask on: add --yes to forget without asking');
      await run(forget)(references, options);
    });
}

interface ForgetOptions {
  readonly email?: string;
  readonly evenIfOpen?: true;
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

interface Named {
  readonly orderNumber: string;
  readonly shopOrderId: string;
}

type Outcome = Awaited<ReturnType<PrivacyStore['forget']>>;

async function forget(references: readonly string[], options: ForgetOptions): Promise<number> {
  const config = loadConfig(readEnvironment(), ['rabbitmq', 'internalSystem']);
  return await withInternalSystem(config, async (system) => {
    const { privacy } = system;
    if (privacy === undefined)
      throw new CommandError('The module in INTERNAL_SYSTEM has no "privacy", so order-sync can\'t delete there.');
    const numbers = options.email === undefined ? references : await ordersOf(options.email, privacy);
    const { orders, unknown } = await meant(numbers, system);
    for (const name of unknown) say(`${name} is not known here.`);
    if (options.dryRun) return await list(orders, unknown, options.json === true);
    say(toForget(orders));
    if (!options.yes && !(await confirm('Delete their personal data for good?'))) {
      say('Nothing was deleted.');
      return EXIT.failed;
    }
    // Messages first: by its e-mail address, an order is found only for as long as it has one.
    const messages = await messagesOf(config, orders, unknown, options.email);
    await system.audit?.forget(namesOf(orders, unknown));
    const outcomes = await forgetAll(orders, privacy, options.evenIfOpen === true);
    const forgotten = [...outcomes].filter(([, outcome]) => outcome === 'forgotten').map(([number]) => number);
    const fields = { orders: forgotten, messages: messages.replaced };
    await audit(config.log, 'forget', fields, `the buyers of ${counted(forgotten.length, 'order')} forgotten`);
    await auditCommand(system, 'forget', [], { done: forgotten.length, messages: messages.replaced });
    await report(outcomes, messages, options.json === true);
    const isDone = [...outcomes.values()].every((outcome) => outcome === 'forgotten');
    return isDone && unknown.length === 0 && messages.unreadable.length === 0 ? EXIT.ok : EXIT.failed;
  });
}

async function ordersOf(email: string, privacy: PrivacyStore): Promise<readonly string[]> {
  const progress = new Progress((count) => `${counted(count, 'order')} found …`);
  const numbers: string[] = [];
  for (let after: string | null = null, isDone = false; !isDone; isDone = after === null) {
    const page: Awaited<ReturnType<PrivacyStore['ordersOf']>> = await privacy.ordersOf(email, after);
    numbers.push(...page.orderNumbers);
    progress.add(page.orderNumbers.length);
    after = page.last;
  }
  progress.end();
  return numbers;
}

async function meant(names: readonly string[], system: Pick<InternalSystem, 'findOrders'>) {
  const orders = new Map<string, Named>();
  const unknown: string[] = [];
  for (const name of names) {
    const records = (await system.findOrders?.(name)) ?? [];
    const [order] = meantOrders(
      records.filter(({ stored }) => stored !== null),
      name,
    );
    if (order === undefined) unknown.push(name);
    else orders.set(order.shopOrderId, order);
  }
  return { orders: [...orders.values()], unknown };
}

async function list(orders: readonly Named[], unknown: readonly string[], isJson: boolean): Promise<number> {
  const numbers = orders.map(({ orderNumber }) => orderNumber);
  if (isJson) await printJson({ orders: numbers, unknown });
  else await print(...numbers, `${counted(numbers.length, 'order')}.`);
  return unknown.length > 0 ? EXIT.failed : EXIT.ok;
}

async function messagesOf(
  { rabbitmq, retryDelaysMs, env }: Pick<Config, 'rabbitmq' | 'retryDelaysMs' | 'env'>,
  orders: readonly Named[],
  unknown: readonly string[],
  email: string | undefined,
): Promise<BareMessages> {
  const names = new Set(namesOf(orders, unknown));
  const preferred = (await isAskedById(env)) ? 'shopOrderId' : undefined;
  const wanted: Wanted = { names, preferred, email: email?.trim().toLowerCase() };
  return await withBroker(rabbitmq, (rabbit) => bareMessages(rabbitmq, retryDelaysMs, wanted, rabbit));
}

/** By which events, and what was discarded of them, may call the orders. */
function namesOf(orders: readonly Named[], unknown: readonly string[]): readonly string[] {
  return [...orders.flatMap(({ orderNumber, shopOrderId }) => [orderNumber, shopOrderId]), ...unknown];
}

/** An event may have failed before its order was ever stored. */
function toForget(orders: readonly Named[]): string {
  if (orders.length === 0) return 'No stored order is meant. Retries and dead letters are searched all the same.';
  return `To forget: the buyers of ${orders.map(({ orderNumber }) => orderNumber).join(', ')}.`;
}

async function forgetAll(orders: readonly Named[], privacy: PrivacyStore, evenIfOpen: boolean) {
  const progress = new Progress((count) => `${count} forgotten …`);
  const outcomes = new Map<string, Outcome>();
  for (const { orderNumber } of orders) {
    outcomes.set(orderNumber, await privacy.forget(orderNumber, evenIfOpen));
    progress.add();
  }
  progress.end();
  return outcomes;
}

const WHY_NOT: Readonly<Record<Exclude<Outcome, 'forgotten'>, string>> = {
  unknown: 'is no longer known here',
  open: 'is not paid yet, or still to be shipped: its address is needed. Cancel it, or add --even-if-open',
  undelivered: 'is not in the ERP yet, which needs its address. Deliver it first, or add --even-if-open',
};

async function report(
  outcomes: ReadonlyMap<string, Outcome>,
  { replaced, unreadable }: BareMessages,
  isJson: boolean,
): Promise<void> {
  if (isJson) {
    const orders = [...outcomes].map(([orderNumber, outcome]) => ({ orderNumber, outcome }));
    await printJson({ orders, messages: { replaced, unreadable } });
    return;
  }
  const forgotten = [...outcomes.values()].filter((outcome) => outcome === 'forgotten').length;
  await print(`Forgotten: ${forgotten === 1 ? 'the buyer of 1 order' : `the buyers of ${forgotten} orders`}.`);
  for (const [orderNumber, outcome] of outcomes)
    if (outcome !== 'forgotten') await print(`Order ${orderNumber} ${WHY_NOT[outcome]}.`);
  if (replaced > 0) await print(`${counted(replaced, 'message')} left with no more than the order's number.`);
  if (unreadable.length > 0)
    await print(
      `${counted(unreadable.length, 'dead letter')} can't be read, and may be about them. Look, and discard:`,
      ...unreadable.map((id) => `  order-sync dead-letters show ${id}`),
    );
}
