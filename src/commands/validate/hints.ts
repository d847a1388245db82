import type { JsonForm } from '../../orders/json-forms.ts';

/** How to mend a value that does not fit: a sentence, or '' where what is expected says it all. */
export function hintFor(form: JsonForm | undefined, value: unknown): string {
  if (typeof form !== 'string') return '';
  switch (form) {
    case 'time':
    case 'timeOrNone':
      return timeHint(value);
    case 'money':
    case 'moneyOrNone':
    case 'quantity':
      return typeof value === 'string' ? amountHint(value) : '';
    case 'status':
      return value === undefined ? '' : 'Map the shop\u2019s own states to these, by what the warehouse has to do.';
    case 'textOrNone':
      return typeof value === 'object' ? 'If it holds a text for each language, send one of them.' : '';
    case 'currency':
      return typeof value === 'string' ? 'Send the code, not a sign or a name.' : '';
    default:
      return '';
  }
}

function timeHint(value: unknown): string {
  if (typeof value === 'number') {
    return 'A number may be seconds or milliseconds: send it as text, in UTC, such as gmdate("Y-m-d\\TH:i:s\\Z", …) in PHP.';
  }
  if (typeof value !== 'string') return '';
  if (/^0000-00-00/.test(value)) return 'That is how MySQL writes "never": send null.';
  if (/^\s*\d{4}-\d\d-\d\d[T ]+\d\d:\d\d(?::\d\d)?(?:\.\d+)?\s*$/.test(value)) {
    return 'It has no zone: append Z if it is UTC; else convert it, or append its offset, such as +08:00.';
  }
  return /^\s*\d{4}-\d\d-\d\d\s*$/.test(value) ? 'It is a day: the time and its zone are missing.' : '';
}

function amountHint(value: string): string {
  if (/^\s*[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?\s*$/.test(value)) return 'Leave out the commas between thousands.';
  if (/^\s*[+-]?\d{1,3}(?:\.\d{3})+,\d+\s*$/.test(value))
    return 'Leave out the points between thousands, and write a decimal point.';
  if (/^\s*[+-]?\d+,\d+\s*$/.test(value)) return 'Write a decimal point, not a comma.';
  return /\d/.test(value) && /[^\d\s.,+-]/.test(value) ? 'Send digits only: the currency has a field of its own.' : '';
}
