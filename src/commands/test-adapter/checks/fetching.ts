import { asSyncError } from '../../../errors.ts';
import { counted } from '../../cli/counted.ts';
import { type ContractCheck, odd, ok, wrong } from '../finding.ts';
import { messageOf } from '../run-checks.ts';

const SLOW_MS = 10_000;

/** Every order that the shop lists can be fetched, is valid, and is the one that was asked for. */
export const fetching: ContractCheck = {
  name: 'fetching',
  run({ samples, shop }) {
    const of = (isMeant: (sample: (typeof samples)[number]) => boolean) =>
      samples.filter(isMeant).map(({ reference }) => `order ${reference}`);
    const absent = of(({ result }) => result?.kind === 'not-found');
    const left = of(({ result }) => result === undefined);
    const others = of(({ result, reference }) => {
      return result?.kind === 'order' && ![result.order.orderNumber, result.order.shopOrderId].includes(reference);
    });
    const failed = samples.flatMap(({ reference, result }) => {
      return result?.kind === 'failed'
        ? [`order ${reference}: ${messageOf(asSyncError(result.error, 'shop_error'))}`]
        : [];
    });
    const findings = [
      ...(absent.length === 0
        ? []
        : [
            wrong(`${counted(absent.length, 'order')} can't be found under the name that events would give.`, {
              examples: absent,
              remedy: 'Does the shop fetch by its own id? Then set fetchesBy: "shopOrderId", and list that id.',
            }),
          ]),
      ...(left.length === 0
        ? []
        : [
            wrong(`fetchOrders returned nothing for ${counted(left.length, 'order')}.`, {
              examples: left,
              remedy: 'The map needs one entry for each reference, under the reference as it was given.',
            }),
          ]),
      ...(others.length === 0
        ? []
        : [
            wrong(`Another order than the one that was asked for came back, ${counted(others.length, 'time')}.`, {
              examples: others,
              remedy: 'Does the shop know the parameter? Many ignore an unknown one, and return any order.',
            }),
          ]),
      ...(failed.length === 0
        ? []
        : [wrong(`${counted(failed.length, 'order')} can't be read.`, { examples: failed })]),
    ];
    if (findings.length > 0) return findings;
    const seconds = (shop.slowestMs / 1000).toFixed(1);
    const slow = odd(`The slowest answer took ${seconds} s.`, { remedy: 'Set a smaller maxBatch.' });
    return [
      ok(`${counted(samples.length, 'order')} fetched, up to ${shop.maxBatch} at once; slowest answer ${seconds} s`),
      ...(shop.slowestMs > SLOW_MS ? [slow] : []),
    ];
  },
};
