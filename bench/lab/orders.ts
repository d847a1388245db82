import { NUMBER_LENGTH } from '../shop/order-template.ts';

const PREFIX_LENGTH = 10;

/** The orders of one run: numbers of 20 digits with a common prefix. */
export interface Orders {
  readonly prefix: string;
  readonly count: number;
  numbers(): Generator<string>;
}

let runs = 0;

export function newOrders(count: number): Orders {
  runs += 1;
  const prefix = `2026${String(runs).padStart(PREFIX_LENGTH - 4, '0')}`;
  return {
    prefix,
    count,
    *numbers() {
      for (let index = 0; index < count; index += 1) yield orderNumber(prefix, index);
    },
  };
}

export function orderNumber(prefix: string, index: number): string {
  return prefix + String(index).padStart(NUMBER_LENGTH - prefix.length, '0');
}
