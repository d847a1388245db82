import { type ContractCheck, odd, ok, skipped, wrong } from '../finding.ts';
import { ordersOf } from '../subject.ts';

const MINUTE_MS = 60_000;

/** The shop's clock is the one that its orders' times come from. */
export const clock: ContractCheck = {
  name: 'clock',
  async run(subject) {
    const { shop } = subject;
    if (!shop.has('now')) return [skipped("there is no now(): this machine's clock counts")];
    const theirs = await shop.now();
    if (theirs === undefined) return [skipped("the shop does not tell the time: this machine's clock counts")];
    const difference = theirs.getTime() - Date.now();
    const newest = ordersOf(subject).toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))[0];
    if (newest !== undefined && Date.parse(newest.updatedAt) > theirs.getTime() + MINUTE_MS) {
      return [
        wrong("By the shop's own clock, an order was changed in the future.", {
          examples: [`order ${newest.orderNumber}: updatedAt`],
          remedy: 'now() and updatedAt must come from one clock, in one zone.',
        }),
      ];
    }
    const minutes = Math.round(Math.abs(difference) / MINUTE_MS);
    if (minutes < 1) return [ok("the shop's clock agrees with ours")];
    const message = `The shop's clock is ${minutes} min ${difference > 0 ? 'ahead of' : 'behind'} ours.`;
    return [odd(message, { remedy: 'Whole hours: a zone was forgotten. Anything else: does one of the two use NTP?' })];
  },
};
