import { orders as pageOrders } from '../../ops/dashboard/page/strings/en/orders.js';
import { reasons as pageReasons } from '../../ops/dashboard/page/strings/en/reasons.js';
import type { ConflictList, OrderList, Part } from '../watch/happening.ts';
import type { Lasting, Words } from './words.ts';

/** Everything that is told, in English. */
export const en: Words = {
  troubles: {
    outage: {
      began: ({ part, cause, detail }, lasting) => ({
        title: `${upper(PARTS[part])} ${OUTAGES[cause].title} for ${duration(lasting.forMs)}`,
        lines: [
          detail,
          `Orders are not being synced${waiting(lasting)}. Nothing is lost, and syncing resumes by itself once that is over.`,
          OUTAGES[cause].todo(PARTS[part]),
        ].filter((line) => line !== ''),
      }),
      ended: ({ part }, { lastedMs, waited }) => ({
        title: `${upper(PARTS[part])} is back, after ${duration(lastedMs)}`,
        lines: [
          waited === null
            ? 'Orders are synced again.'
            : `Orders are synced again. Up to ${counted(waited, 'event')} waited, and ${waited === 1 ? 'is' : 'are'} being worked off.`,
        ],
      }),
    },
    broker_alarm: {
      began: ({ reason }, { forMs }) => ({
        title: `RabbitMQ has taken no messages for ${duration(forMs)}: ${reason}`,
        lines: [
          'The shop can publish no events, and retries and dead letters wait.',
          `Give the RabbitMQ server what it lacks: memory, if it is low on memory; room on its disk, if it is low on disk.`,
        ],
      }),
      ended: (_, { lastedMs }) => ({
        title: `RabbitMQ takes messages again, after ${duration(lastedMs)}`,
        lines: ['Have the shop’s developers check that nothing was dropped meanwhile, or run “order-sync reconcile”.'],
      }),
    },
    queue_refuses: {
      began: ({ queue, detail }, { forMs }) => ({
        title: `The queue ${queue} has taken no events for ${duration(forMs)}`,
        lines: [
          detail,
          'Nothing is lost, and good orders are synced; those that fail go round in the main queue.',
          'It is probably full: make room in it, or raise its limit. The rest happens by itself.',
        ],
      }),
      ended: ({ queue }, { lastedMs }) => ({
        title: `The queue ${queue} takes events again, after ${duration(lastedMs)}`,
        lines: [],
      }),
    },
    stalled: {
      began: ({ inFlight }) => ({
        title: 'order-sync is stalled: nothing gets done',
        lines: [
          `${counted(inFlight, 'delivery', 'deliveries')} in flight, and none ends. Nothing is lost.`,
          'Restart it, unless systemd or the container does, and report a bug with the last lines of the log.',
        ],
      }),
      ended: (_, { lastedMs }) => ({ title: `order-sync works again, after ${duration(lastedMs)}`, lines: [] }),
    },
    webhooks_refused: {
      began: ({ cause }) => ({
        title: 'The shop’s webhooks are refused: it gets 503',
        lines: [
          cause === 'full'
            ? 'RabbitMQ is away, and as many events wait on disk as may (WEBHOOK_SPOOL_MAX).'
            : 'The events can’t be written to disk (WEBHOOK_SPOOL).',
          'Many shops repeat none of them and switch the webhook off after a few. See to it, then run “order-sync reconcile”.',
        ],
      }),
      ended: (_, { lastedMs }) => ({
        title: `The shop’s webhooks are taken again, after ${duration(lastedMs)}`,
        lines: ['Check that the webhook is still on in the shop, then run “order-sync reconcile”.'],
      }),
    },
    webhook_off: {
      began: ({ topic }) => ({
        title: `The shop has switched off its webhook for ${topic}`,
        lines: [
          'Orders arrive late, by reconciliation only, or not at all.',
          'Switch it on in the shop, then run “order-sync reconcile”.',
        ],
      }),
      ended: ({ topic }) => ({ title: `The shop’s webhook for ${topic} is on again`, lines: [] }),
    },
    shop_warning: { began: ({ warning }) => ({ title: 'Something in the shop needs a person', lines: [warning] }) },
    reconciliation_fails: {
      began: ({ detail }, { forMs }) => ({
        title: `Reconciliation has been failing for ${duration(forMs)}`,
        lines: [
          detail,
          'Orders are synced as long as their events arrive; those whose events are lost are not found.',
          'Run “order-sync reconcile --dry-run”, which shows what is wrong.',
        ],
      }),
      ended: (_, { lastedMs }) => ({ title: `Reconciliation works again, after ${duration(lastedMs)}`, lines: [] }),
    },
    silence: {
      began: ({ lastPaid }, { forMs }) => ({
        title: `No paid order for ${duration(forMs)}, in business hours`,
        lines: [
          lastPaid === null ? 'There was none before, either.' : `The last one was ${lastPaid.orderNumber}.`,
          'Either nobody is buying, or the shop’s checkout is broken, or it publishes no events.',
          'Try the shop’s checkout. Then run “order-sync check” and “order-sync reconcile --dry-run”, which lists what the shop has and we lack.',
        ],
      }),
      ended: (_, { lastedMs }) => ({ title: `Paid orders arrive again, after ${duration(lastedMs)}`, lines: [] }),
    },
    pause: {
      began: ({ by, reason }, lasting) => ({
        title: `Paused by ${by} for ${duration(lasting.forMs)}: forgotten?`,
        lines: [
          ...(reason === null ? [] : [reason]),
          `Orders are not being synced${waiting(lasting)}. Nothing is lost.`,
          'Once the work is done: “order-sync resume”, or the button on the dashboard.',
        ],
      }),
      ended: (_, { lastedMs }) => ({ title: `Resumed, after ${duration(lastedMs)}`, lines: [] }),
    },
  },
  incidents: {
    dead_letters: ({ of, reasons }) => ({
      title: `${counted(sum(reasons), 'dead letter')}: ${of === 'orders' ? 'orders were not synced' : 'shipments were not reported to the shop'}`,
      lines: [
        ...reasons.flatMap(({ reason, ...list }) => [
          `${pageReasons[`reason.${reason}`]}: ${numbers(list)}`,
          pageReasons[`todo.${reason}`],
        ]),
        of === 'orders'
          ? 'See “order-sync dead-letters list”, or the dashboard.'
          : 'See “order-sync dead-letters list --shipments”.',
      ],
    }),
    conflicts: ({ stop, check }) => ({
      title: [
        ...(stop.count > 0 ? [`Stop ${counted(stop.count, 'parcel')}${only(stop)}`] : []),
        ...(check.count > 0
          ? [`${stop.count > 0 ? 'check' : 'Check'} ${counted(check.count, 'parcel')}${only(check)}`]
          : []),
      ].join(', '),
      lines: [...parcels(stop), ...parcels(check), 'All of them: “order-sync orders --conflicts”.'],
    }),
    cancellations_pending: (list) => ({
      title: `Stop ${counted(list.count, 'parcel')}: ${list.count === 1 ? 'its cancellation' : 'their cancellations'} did not get through`,
      lines: [
        `The warehouse still sees as valid: ${numbers(list)}.`,
        'Tell the warehouse. “order-sync status”, with the number, says why, and what to do.',
      ],
    }),
    orders_missed: (list) => ({
      title: `Reconciliation found ${counted(list.count, 'order')} that no event told of`,
      lines: [
        `${numbers(list)}. ${list.count === 1 ? 'It is' : 'They are'} being synced now.`,
        'Their own events never arrived, or changed nothing: have the shop’s developers find out why.',
      ],
    }),
    orders_differ: ({ newer, unreadable }) => ({
      title: `Reconciliation found ${counted(newer.count + unreadable.count, 'order')} that a person must look at`,
      lines: [
        ...(newer.count === 0
          ? []
          : [
              `Newer here than the shop shows: ${numbers(newer)}.`,
              'Was the shop restored from a backup? Compare each with “order-sync resync --dry-run”.',
            ]),
        ...(unreadable.count === 0
          ? []
          : [
              `Listed by the shop, but not to be read: ${numbers(unreadable)}.`,
              '“order-sync reconcile --dry-run --json” says what is wrong.',
            ]),
      ],
    }),
    database_forgot: (list) => ({
      title: `The database has forgotten ${counted(list.count, 'order')} that it had`,
      lines: [
        `${numbers(list)}.`,
        'A failover, or a restored backup. They are being fetched from the shop again by themselves.',
        'What else that database held is lost as well: find out what happened, and whether commits wait for a standby.',
      ],
    }),
    database_recovered: ({ returned, failed }) => ({
      title:
        failed === 0
          ? `All ${returned} orders that the database had forgotten are back`
          : `${returned} of ${returned + failed} orders that the database had forgotten are back`,
      lines: failed === 0 ? [] : [`${failed} ended in the dead letters: see “order-sync dead-letters list”.`],
    }),
    restarted: ({ times }) => ({
      title:
        times === 1
          ? 'order-sync was restarted: it had not been stopped'
          : `order-sync had to be restarted ${times} times`,
      lines: [
        'It had crashed, or was killed, or the machine lost power. Nothing is lost.',
        'The end of its log says why. If it was a bug, report it with those lines.',
      ],
    }),
    gave_up: ({ detail }) => ({
      title: 'order-sync has ended: it needs a person',
      lines: [
        detail,
        'Orders wait in the queue. Correct that, try it with “order-sync check”, and start order-sync again.',
      ],
    }),
  },
  daemon: (host) => `Told by the daemon on ${host}.`,
};

const PARTS: Readonly<Record<Part, string>> = {
  shop: 'the shop',
  'internal-system': 'the internal system',
  rabbitmq: 'RabbitMQ',
};

const OUTAGES = {
  down: { title: 'has been down', todo: (part: string) => `See that ${part} is up, and can be reached from here.` },
  refused: {
    title: 'has refused our credentials',
    todo: (part: string) =>
      `It does not help to wait. Enter the credentials that ${part} accepts; those in *_FILE are read again by themselves, others need a restart. “order-sync check” says whether they are right.`,
  },
  turned_away: {
    title: 'has turned us away',
    todo: (part: string) =>
      `It does not help to wait. Put right what ${part} says: credentials, permissions, a limit, or how a queue is declared.`,
  },
  limited: {
    title: 'has limited our requests',
    todo: () => 'Lower SHOP_REQUESTS_PER_SECOND or SHOP_CONCURRENCY, or ask for a higher limit.',
  },
  unserved: {
    title: 'has been unable to serve us',
    todo: () => 'Look at RabbitMQ’s own log, and at the nodes of its cluster.',
  },
} as const;

function waiting({ waiting }: Lasting): string {
  return waiting === null || waiting === 0 ? '' : `; ${counted(waiting, 'event')} wait${waiting === 1 ? 's' : ''}`;
}

function parcels({ count, orders }: ConflictList): string[] {
  const named = orders.flatMap(({ orderNumber, conflicts }) =>
    conflicts.map((conflict) => `${orderNumber}: ${pageOrders[`conflict.${conflict}`]}`),
  );
  return count > orders.length ? [...named, `and ${count - orders.length} more`] : named;
}

function only({ count, orders }: ConflictList): string {
  return count === 1 && orders[0] !== undefined ? ` (order ${orders[0].orderNumber})` : '';
}

/** `10086, 10087 and 12 more` */
function numbers({ count, orders }: OrderList): string {
  if (orders.length === 0) return String(count);
  return count > orders.length ? `${orders.join(', ')} and ${count - orders.length} more` : orders.join(', ');
}

function sum(lists: readonly OrderList[]): number {
  return lists.reduce((total, { count }) => total + count, 0);
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

function upper(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** `45 s`, `12 min`, `2 h 5 min`, `3 d 4 h` */
function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
