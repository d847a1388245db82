import { isNoTime, type TimeForm } from '../recognise/forms.ts';
import { normalised } from '../recognise/leaves.ts';
import type { OrderField } from '../recognise/names.ts';
import type { Recognised } from '../recognise/recognise.ts';
import { place, quoted, todo } from './source-text.ts';

export interface TimeSource {
  readonly constants: readonly string[];
  /** Times that more than one thing needs. */
  readonly locals: readonly string[];
  /** Lines of the returned object. */
  readonly lines: readonly string[];
  readonly imports: readonly string[];
}

const LOCALS = ['paidAt', 'cancelledAt', 'shippedAt'] as const;

export function timeSource(recognised: Recognised): TimeSource {
  const { fields, times } = recognised;
  const forms = new Set(times.values());
  const [usual = 'zoned'] = forms;
  const read = (field: OrderField) => {
    const leaf = fields.get(field);
    return leaf === undefined ? undefined : READERS[times.get(field) ?? usual](place(leaf.path));
  };
  const [placedAt, updatedAt] = [read('placedAt'), read('updatedAt')];
  const locals = [...LOCALS, ...(updatedAt === undefined ? (['placedAt'] as const) : [])];
  const known = locals.filter((field) => fields.has(field));
  return {
    constants: [...forms]
      // Both name the zone.
      .filter((form) => form !== 'zoneless' || !forms.has('written'))
      .flatMap((form) => CONSTANTS[form](exampleOf(recognised, form), recognised)),
    locals: known.map((field) => `const ${field} = ${read(field)};`),
    lines: [
      ...(placedAt === undefined ? [todo('when was it placed? Without placedAt no order is valid.')] : []),
      ...(placedAt === undefined ? [] : [known.includes('placedAt') ? 'placedAt,' : `placedAt: ${placedAt},`]),
      ...(['paidAt', 'cancelledAt'] as const).filter((field) => fields.has(field)).map((field) => `${field},`),
      ...(updatedAt === undefined
        ? [
            todo(
              'the sample has no time of the last change. Without one, a change of today may be taken for an old one.',
            ),
            `updatedAt: [${known.join(', ')}].filter((at) => at !== null).sort().at(-1),`,
          ]
        : [`updatedAt: ${updatedAt},`]),
    ].map((line) => `    ${line}`),
    imports: forms.has('milliseconds') || forms.has('written') ? ['time'] : [],
  };
}

const READERS: Readonly<Record<TimeForm, (name: string) => string>> = {
  seconds: (name) => `order.epochSeconds(${name})`,
  milliseconds: (name) => `epochMs(order.text(${name}))`,
  zoneless: (name) => `order.zoneless(${name}, ZONE)`,
  zoned: (name) => `order.text(${name})`,
  written: (name) => `written(order.text(${name}))`,
  other: (name) => `inWords(order.text(${name}))`,
};

const CONSTANTS: Readonly<Record<TimeForm, (example: string, recognised: Recognised) => string[]>> = {
  seconds: (example) => [todo(`${example} looks like seconds since 1970. Is it?`)],
  milliseconds: (example) => [
    todo(`${example} looks like milliseconds since 1970. Is it?`),
    'const epochMs = (ms: string | null) => (ms === null ? null : time.fromEpochSeconds(Number(ms) / 1000));',
  ],
  zoneless: (example, recognised) => zoneConstant(example, recognised),
  written: (example, recognised) => [
    ...zoneConstant(example, recognised),
    'const written = (text: string | null) => {',
    "  const [year, month, day, hours = '00', minutes = '00', seconds = '00'] = text?.match(/^\\d{4}|\\d\\d/g) ?? [];",
    '  return text === null ? null : time.zoneless(`$' +
      '{year}-$' +
      '{month}-$' +
      '{day} $' +
      '{hours}:$' +
      '{minutes}:$' +
      '{seconds}`, ZONE);',
    '};',
  ],
  zoned: () => [],
  other: (example) => [
    todo(`${example} is read as JavaScript reads it. Does it say its zone?`),
    'const inWords = (text: string | null) => (text === null ? null : new Date(text).toISOString());',
  ],
};

function zoneConstant(example: string, recognised: Recognised): string[] {
  return [todo(`${example} names no zone. Is it this one?`), `const ZONE = ${quoted(zoneOf(recognised))};`];
}

/** `created_at "2026-11-22 16:00:00"` */
function exampleOf({ fields, times }: Recognised, form: TimeForm): string {
  const field = [...times].find(([, found]) => found === form)?.[0];
  const leaf = field === undefined ? undefined : fields.get(field);
  return `${leaf?.path.join('.')} ${JSON.stringify(leaf?.values.find((value) => !isNoTime(value)))}`;
}

/** A field may say that it is in UTC; else where the shop is likely to be. */
function zoneOf(recognised: Recognised): string {
  const name = normalised(recognised.fields.get('placedAt')?.path.join('') ?? '');
  return !/gmt|utc/.test(name) && isChinese(recognised) ? 'Asia/Shanghai' : 'UTC';
}

export function isChinese({ fields, envelope }: Recognised): boolean {
  const currency = fields.get('currency')?.values[0];
  if (typeof currency === 'string') return /^(?:cny|rmb)$/i.test(currency);
  return /\p{Script=Han}/u.test(JSON.stringify(envelope.orders));
}
