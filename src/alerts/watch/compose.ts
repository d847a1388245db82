import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { AlertMessage, AlertSeverity } from '../alert-message.ts';
import { en } from '../words/en.ts';
import type { Told, TroubleWords, Words } from '../words/words.ts';
import { zh } from '../words/zh.ts';
import type { Incident, IncidentFacts, IncidentKind, Trouble, TroubleFacts, TroubleKind } from './happening.ts';
import type { Began, Ended } from './troubles.ts';

export type Language = keyof typeof WORDS;

const WORDS = { en, zh } as const satisfies Record<string, Words>;

const TROUBLE_SEVERITY: Readonly<Record<TroubleKind, AlertSeverity>> = {
  outage: 'critical',
  broker_alarm: 'critical',
  queue_refuses: 'critical',
  stalled: 'critical',
  webhooks_refused: 'critical',
  webhook_off: 'critical',
  shop_warning: 'warning',
  reconciliation_fails: 'warning',
  silence: 'critical',
  pause: 'warning',
};

const INCIDENT_SEVERITY: Readonly<Record<IncidentKind, AlertSeverity>> = {
  dead_letters: 'warning',
  conflicts: 'critical',
  cancellations_pending: 'critical',
  orders_missed: 'warning',
  orders_differ: 'warning',
  database_forgot: 'critical',
  database_recovered: 'info',
  restarted: 'warning',
  gave_up: 'critical',
};

/** There may be several daemons, and a person must go to the one that says so. Anything else is so for the shop. */
const OF_ONE_DAEMON: readonly (TroubleKind | IncidentKind)[] = [
  'outage',
  'broker_alarm',
  'queue_refuses',
  'stalled',
  'webhooks_refused',
  'reconciliation_fails',
  'restarted',
  'gave_up',
];

/** What happened → what is told, in one language. */
export class Composer {
  readonly #shop: string;
  readonly #words: Words;

  constructor(shop: string, language: Language) {
    this.#shop = shop;
    this.#words = WORDS[language];
  }

  /** Its kind is `…_began`. */
  began({ trouble, since, waiting }: Began, now = Date.now()): AlertMessage {
    const forMs = now - since;
    const told = this.#wordsOf(trouble).began(trouble, { forMs, waiting });
    const facts = { ...factsOf(trouble), since: new Date(since).toISOString(), forMs, waiting, host: hostname() };
    return this.#message(`${trouble.kind}_began`, TROUBLE_SEVERITY[trouble.kind], this.#byDaemon(trouble, told), facts);
  }

  /** Its kind is `…_ended`. @returns undefined if nobody needs to hear of it */
  ended({ trouble, since, lastedMs, waited }: Ended): AlertMessage | undefined {
    const told = this.#wordsOf(trouble).ended?.(trouble, { lastedMs, waited });
    if (told === undefined) return undefined;
    const facts = { ...factsOf(trouble), since: new Date(since).toISOString(), lastedMs, waited, host: hostname() };
    return this.#message(`${trouble.kind}_ended`, 'info', this.#byDaemon(trouble, told), facts);
  }

  incident(incident: Incident): AlertMessage {
    const words = this.#words.incidents[incident.kind] as (facts: IncidentFacts[IncidentKind]) => Told;
    const { kind, ...facts } = incident;
    return this.#message(kind, INCIDENT_SEVERITY[kind], this.#byDaemon(incident, words(incident)), {
      ...facts,
      host: hostname(),
    });
  }

  #wordsOf({ kind }: Trouble): TroubleWords<TroubleFacts[TroubleKind]> {
    return this.#words.troubles[kind] as TroubleWords<TroubleFacts[TroubleKind]>;
  }

  #byDaemon({ kind }: Trouble | Incident, { title, lines }: Told): Told {
    if (!OF_ONE_DAEMON.includes(kind)) return { title, lines };
    return { title, lines: [...lines, this.#words.daemon(hostname())] };
  }

  #message(kind: string, severity: AlertSeverity, { title, lines }: Told, facts: object): AlertMessage {
    return { id: randomUUID(), kind, severity, at: new Date(), shop: this.#shop, title, lines, facts: { ...facts } };
  }
}

function factsOf({ kind, ...facts }: Trouble): object {
  return facts;
}
