import { instant } from '../../../orders/instant.ts';
import { decimal } from '../../../orders/money.ts';
import { isOrderReference } from '../../../orders/order-reference.ts';

/** What a field's values have to look like. */
export type Form = 'reference' | 'status' | 'currency' | 'time' | 'money' | 'quantity' | 'text';

/** `written`: without a zone, and in another way than `zoneless`. `other`: whatever JavaScript reads. */
export type TimeForm = 'seconds' | 'milliseconds' | 'zoned' | 'zoneless' | 'written' | 'other';

/** Null, a blank, and the zero that PHP shops store for "not yet". */
export function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || value === false;
}

export function isNoTime(value: unknown): boolean {
  return (
    isEmpty(value) || value === 0 || value === '0' || (typeof value === 'string' && value.startsWith('0000-00-00'))
  );
}

export function fits(value: unknown, form: Form): boolean {
  switch (form) {
    case 'reference':
      return isInteger(value) || (typeof value === 'string' && isOrderReference(value));
    case 'status':
      return isEmpty(value) || value === true || isInteger(value) || isWord(value);
    case 'currency':
      return typeof value === 'string' && /^[a-z]{3}$/i.test(value.trim());
    case 'time':
      return isNoTime(value) || timeForm(value) !== undefined;
    case 'money':
      return isEmpty(value) || isDecimal(value);
    case 'quantity':
      return isDecimal(value);
    case 'text':
      return isEmpty(value) || typeof value === 'string' || typeof value === 'number' || isTexts(value);
    default:
      return form satisfies never;
  }
}

/** 2001 to 2100: nothing else that an order holds is near that. */
const [EARLIEST, LATEST] = [978_307_200, 4_102_444_800];

/** `2026-11-22`, `2026/11/22 16:00:00`, `2026年11月22日 16:00:00`, `20261122160000` */
const WRITTEN = /^\d{4}(?:-\d\d-\d\d|[/.年]\d\d[/.月]\d\d日?(?: \d\d:\d\d(?::\d\d)?)?|\d{10})$/;

/** How a time is written; undefined if it is none. */
export function timeForm(value: unknown): TimeForm | undefined {
  if (isDecimal(value) && /^\d{9,13}(?:\.\d+)?$/.test(String(value))) {
    if (Number(value) >= EARLIEST && Number(value) < LATEST) return 'seconds';
    return Number(value) >= EARLIEST * 1000 && Number(value) < LATEST * 1000 ? 'milliseconds' : undefined;
  }
  if (typeof value !== 'string') return undefined;
  if (instant.safeParse(value).success) return 'zoned';
  const text = value.trim();
  if (/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/.test(text)) return 'zoneless';
  if (WRITTEN.test(text)) return 'written';
  return /^[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4}/.test(text) ? 'other' : undefined;
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && !/\d{4}-\d\d|\d{6}/.test(value);
}

function isInteger(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function isDecimal(value: unknown): value is string | number {
  return (typeof value === 'string' || typeof value === 'number') && decimal.safeParse(value).success;
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}
