import type { Command } from 'commander';
import { type ForgottenOrder, forgottenOrder } from '../ack-memory/forgotten-order.ts';
import { loadConfig } from '../config/load-config.ts';
import { readEnvironment } from '../config/read-environment.ts';
import type { FailureReason } from '../errors.ts';
import type { InternalSystem } from '../internal-system/internal-system.ts';
import {
  type ErpRecord,
  isDelivered,
  ledgerReason,
  type Match,
  matchOf,
  type OrderRecord,
} from '../internal-system/ledger.ts';
import { nextAttemptAt } from '../internal-system/next-attempt.ts';
import type { ShipmentRecord } from '../internal-system/shipment-store.ts';
import { type ShownRecord, shownRecord } from '../internal-system/shown-record.ts';
import { pauseInWords } from '../pause/pause-words.ts';
import { counted } from './cli/counted.ts';
import { EXIT } from './cli/exit-status.ts';
import { helpText } from './cli/help-text.ts';
import { asArguments } from './cli/order-references.ts';
import { print, printJson, say, visible } from './cli/output.ts';
import { readReferences } from './cli/read-references.ts';
import { plainError, warningsOf } from './cli/record-text.ts';
import { run } from './cli/run.ts';
import { alignedLines } from './cli/table.ts';
import { when } from './cli/times.ts';
import { cannotAnswer, withInternalSystem } from './connect/with-internal-system.ts';
import { forgottenInWords, unknownOrder } from './unknown-order.ts';

export function defineStatus(program: Command): void {
  program
    .command('status')
    .summary('show where an order is')
    .description(
      'Shows where an order is: when its event arrived, when it was fetched and written, what failed, and what the ' +
        'internal system holds now. Times are UTC. No personal data is shown.',
    )
    .argument('<orderNumber...>', "order numbers, or the shop's own ids, in any writing")
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      helpText({
        examples: [
          ['order-sync status 10086', 'has it arrived?'],
          ['order-sync status 10086 --json | jq .orders[].records[].state', 'for a script'],
        ],
        exits: [
          [EXIT.ok, 'every order was found'],
          [
            EXIT.failed,
            'an order was never seen or was forgotten, or the INTERNAL_SYSTEM module cannot look orders up',
          ],
          [EXIT.unavailable, 'the internal system does not answer'],
          [EXIT.badConfiguration, 'the configuration is wrong'],
        ],
      }),
    )
    .action(run(status));
}

interface Answer {
  /** As given on the command line, or as it was read. */
  readonly reference: string;
  /** As it was given, if it was read as something else. */
  readonly readFrom?: string;
  readonly found: boolean;
  /** What the daemon's memory knows of it although the database has forgotten it; null: nothing. */
  readonly forgotten: ForgottenOrder | null;
  /** More than one if the number of one order is the shop's id of another, or an event failed before its fetch. */
  readonly records: readonly MatchedRecord[];
}

type MatchedRecord = ShownRecord & {
  readonly match: Match;
  /** A UTC instant; null if none follows, or it is not known. */
  readonly nextAttemptAt: string | null;
  readonly shipments: readonly ShipmentRecord[];
};

async function status(texts: readonly string[], { json }: { json?: true }): Promise<number> {
  const answers = await ask(texts);
  if (json) await printJson({ orders: answers });
  else for (const answer of answers) await print(...describe(answer), '');
  return answers.every(({ found }) => found) ? EXIT.ok : EXIT.failed;
}

async function shipmentsOf(
  { shipments }: InternalSystem,
  { orderNumber }: OrderRecord,
): Promise<readonly ShipmentRecord[]> {
  return (await shipments?.ofOrder(orderNumber ?? '')) ?? [];
}

async function ask(texts: readonly string[]): Promise<Answer[]> {
  const config = loadConfig(readEnvironment(), ['internalSystem']);
  return await withInternalSystem(config, async (system) => {
    await sayIfPaused(system);
    const answers: Answer[] = [];
    const lookUp = system.findOrders?.bind(system);
    if (lookUp === undefined) throw cannotAnswer('findOrders', config);
    for (const { reference, readFrom } of await readReferences(lookUp, texts)) {
      const records = await lookUp(reference);
      const matched = records.map(async (record) => ({
        match: matchOf(record, reference),
        ...shownRecord(record),
        nextAttemptAt: nextAttemptAt(record, config.retryDelaysMs),
        shipments: config.reportShipments && record.stored ? await shipmentsOf(system, record) : [],
      }));
      const forgotten = forgottenOrder(config, reference, records.length > 0);
      const answer = { reference, found: records.length > 0, forgotten, records: await Promise.all(matched) };
      answers.push({ ...answer, ...(readFrom === undefined ? {} : { readFrom }) });
    }
    return answers;
  });
}

/** On stderr, beside JSON too: what the answers say may be old, and what they lack may be waiting. */
async function sayIfPaused({ pauses }: InternalSystem): Promise<void> {
  const last = await pauses?.last();
  if (last?.ended === null)
    say(`! ${visible(pauseInWords(last))}. Events wait in the queue until "order-sync resume".`, '');
}

function describe({ reference, readFrom, forgotten, records }: Answer): string[] {
  const read = readFrom === undefined ? [] : [`For "${visible(readFrom)}":`];
  if (records.length === 0) return [...read, reference, ...unknownOrder(reference, forgotten)];
  const lines = records.flatMap((record) => describeRecord(record, reference, records));
  return forgotten === null
    ? [...read, ...lines]
    : [...read, ...lines, `  ! A newer version was acked ${forgottenInWords(forgotten, reference)}`];
}

function describeRecord(record: MatchedRecord, name: string, records: readonly MatchedRecord[]): string[] {
  const { orderNumber, shopOrderId, reference, match, lastEvent, attempts, lastError } = record;
  const time = (instant: string | null) => (instant === null ? 'never' : when(instant));
  const facts = [
    ['shop id', shopOrderId ?? 'unknown'],
    ['state', stateInWords(record)],
    ['last event', `${lastEvent}${attempts === 0 ? '' : `, attempt ${attempts}`}`],
    ['received', time(record.receivedAt)],
    ['fetched', time(record.fetchedAt) + before(record.receivedAt, record.fetchedAt)],
    ['synced', time(record.syncedAt) + before(record.receivedAt, record.syncedAt)],
    ['last error', lastError === null ? 'none' : plainError(lastError)],
    ...describeStored(record),
    ...record.shipments.map((shipment): [string, string] => ['shipment', shipmentInWords(shipment)]),
  ];
  const label = records.length > 1 || !['order-number', 'shop-id'].includes(match) ? ` (${MATCHES[match](name)})` : '';
  return [
    `${orderNumber ?? reference}${label}`,
    ...warningsOf(record, records).map((warning) => `  ! ${warning}`),
    ...alignedLines(facts, [undefined, undefined]).map((line) => `  ${line}`),
  ];
}

/** What an earlier event brought must not read as if this one had. */
function before(receivedAt: string, at: string | null): string {
  return at !== null && Date.parse(at) < Date.parse(receivedAt) ? ', of an earlier event' : '';
}

const MATCHES: Readonly<Record<Match, (name: string) => string>> = {
  'order-number': (name) => `${name} is its order number`,
  'shop-id': (name) => `${name} is its shop id`,
  'former-number': (name) => `${name} was its order number before`,
  event: (name) => `an event for ${name}; the shop has not said yet which order that is`,
};

function stateInWords(record: MatchedRecord): string {
  const { state, attempts, stored, reference, nextAttemptAt: next } = record;
  const other = stored === null ? '' : `; ${heldInWords(record, stored.status)}`;
  switch (state) {
    case 'synced':
      return stored === null ? 'synced, but the internal system no longer has it' : 'synced';
    case 'undelivered':
      return `stored here, and ${stored?.erp === undefined ? 'not in the ERP yet' : erpInWords(stored.erp)}`;
    case 'retrying':
      return `retrying: attempt ${attempts} failed, the next one is automatic${next === null ? '' : `, ${when(next)}`}${other}`;
    case 'dead-lettered':
      return (
        `dead-lettered after ${counted(attempts, 'attempt')}${other}. Once the cause is fixed: ` +
        `order-sync dead-letters replay ${asArguments([reference])}`
      );
    case 'discarded':
      return `discarded by a person${other}`;
    default:
      return state satisfies never;
  }
}

function shipmentInWords({
  shipmentId,
  carrier,
  trackingNumber,
  state,
  isPending,
  error,
  note,
}: ShipmentRecord): string {
  const corrected = isPending && state !== 'new' ? ', corrected since' : '';
  const parts = [shipmentId, carrier, trackingNumber, `${state}${corrected}`, note, error && plainError(error)];
  return visible(parts.filter(Boolean).join(' · '));
}

/** What the internal system holds of an order whose event failed. */
function heldInWords({ lastError, lastEvent, stored }: ShownRecord, status: string): string {
  if (stored?.erp !== undefined && !isDelivered(stored.erp)) return `stored here, and ${erpInWords(stored.erp)}`;
  const reason = ledgerReason(lastError ?? '');
  if (reason === ('shop_shows_older' satisfies FailureReason))
    return 'the internal system holds a newer version than the shop shows';
  if (reason !== undefined && AHEAD.has(reason))
    return `stored as ${visible(status)}, the event said ${lastEvent === 'unspecified' ? 'paid or cancelled' : lastEvent}`;
  return 'the internal system holds an older version';
}

/** Of an order that the ERP has not got as it is stored. */
function erpInWords({ revision, deliveredRevision, isUncertain }: ErpRecord): string {
  const doubt = isUncertain ? ' for certain' : '';
  if (deliveredRevision === null) return `not in the ERP yet${doubt} (revision ${revision})`;
  return `not yet so in the ERP${doubt} (revision ${revision}; it has ${deliveredRevision})`;
}

/** What the shop showed is stored; the event announced more. */
const AHEAD: ReadonlySet<string> = new Set<FailureReason>(['not_yet_paid', 'not_yet_cancelled']);

function describeStored({ stored, match }: MatchedRecord): [string, string][] {
  if (stored === null && match === 'event') return [];
  if (stored === null) return [['stored', 'the internal system does not have this order']];
  const { status, grandTotal, currency, fulfilmentStatus, lines } = stored;
  const words = [
    status === 'on_hold' ? 'on_hold: do not ship yet' : status,
    `${grandTotal} ${currency}`,
    `fulfilment: ${fulfilmentStatus}`,
    counted(lines.length, 'line'),
  ];
  const rows = lines.map(({ quantity, sku, name, lineTotal }) => [
    `${quantity} ×`,
    visible(sku || '–'),
    visible(name || '–'),
    lineTotal ?? '–',
  ]);
  const changes: [string, string | null][] = [
    ['placed', stored.placedAt],
    ['paid', stored.paidAt],
    ['cancelled', stored.cancelledAt],
    ['changed', stored.updatedAt],
  ];
  return [
    ['stored', visible(words.join(' · '))],
    ...describeErp(stored.erp),
    ...alignedLines(rows, ['right', undefined, undefined, 'right']).map((line): [string, string] => ['', line]),
    ...changes.flatMap(([what, at]): [string, string][] => (at === null ? [] : [[what, when(at)]])),
  ];
}

function describeErp(erp: ErpRecord | undefined): [string, string][] {
  if (erp === undefined) return [];
  const { id, deliveredRevision, deliveredAt, note } = erp;
  const has =
    deliveredAt === null
      ? ['has never got it']
      : [...(id === null ? [] : [visible(id)]), `revision ${deliveredRevision}`, `delivered ${when(deliveredAt)}`];
  return [['ERP', has.join(' · ')], ...(note === null ? [] : [['ERP note', visible(note)] satisfies [string, string]])];
}
