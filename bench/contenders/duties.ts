/** What order-sync does beside the floor, in the order in which the straight line takes it on. */
export const DUTIES = [
  // No duty: what order-sync uses, as it costs less than `request`.
  'dispatch',
  'validation',
  'decoding',
  'storage',
  'log',
  'ack memory',
  'deadlines',
  'small heap',
] as const;

export type Duty = (typeof DUTIES)[number];

/** In words, for the table. */
export const DUTY_WORDS: Readonly<Record<Duty, string>> = {
  dispatch: "undici's dispatch for request",
  validation: 'exact JSON, the validated order',
  decoding: 'events of any form, what is known of each attempt',
  storage: 'document, hash, ledger, the look for traces',
  log: 'a line per order',
  'ack memory': 'the memory of acks',
  deadlines: 'a deadline per request',
  'small heap': 'garbage collected sooner',
};
