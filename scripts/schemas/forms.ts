import type { JsonForm } from '../../src/orders/json-forms.ts';
import { ADJUSTMENT_KINDS, ORDER_STATUSES } from '../../src/orders/order.ts';
import { ORDER_REFERENCE_RULE } from '../../src/orders/order-reference.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;
export type FormName = Extract<JsonForm, string>;

/**
 * What each kind of field may be sent as. The usual form comes first, as tools and people look at that one. Patterns keep to what
 * ECMAScript, PCRE and Python read alike; where none can say the rule in full, it lets more through than the reader does.
 */
export const FORMS: Readonly<Record<FormName, { readonly type: string; readonly schema: JsonSchema }>> = {
  reference: {
    type: 'text',
    schema: {
      description: `${upperFirst(ORDER_REFERENCE_RULE)}.`,
      anyOf: [
        {
          type: 'string',
          pattern: `^\\s*[^\\\\%?&,;"'\`<>{}^${invisible()}]{1,64}\\s*$`,
          allOf: [{ pattern: '[0-9A-Za-zª-\u{10FFFF}]' }],
          not: { pattern: '(^|/)\\s*[.]{1,2}\\s*(/|$)' },
        },
        { type: 'integer' },
      ],
    },
  },
  status: { type: 'status', schema: words(ORDER_STATUSES, ['canceled'], spelled) },
  currency: { type: 'code', schema: { type: 'string', pattern: '^\\s*[A-Za-z]{3}\\s*$' } },
  time: {
    type: 'time',
    schema: {
      description: 'A time with a zone, best in UTC. Without a zone, or as a number, it is refused.',
      type: 'string',
      pattern: timePattern(),
    },
  },
  timeOrNone: { type: 'time', schema: orNone({ $ref: '#/$defs/time' }) },
  money: {
    type: 'money',
    schema: {
      description: 'An exact decimal, best as text; no currency and no thousands separators.',
      anyOf: [
        { type: 'string', maxLength: 100, pattern: moneyPattern() },
        { type: 'number', exclusiveMinimum: -1e18, exclusiveMaximum: 1e18 },
      ],
    },
  },
  moneyOrNone: { type: 'money', schema: orNone({ $ref: '#/$defs/money' }) },
  quantity: {
    type: 'number',
    schema: { anyOf: [{ type: 'number' }, { type: 'string', maxLength: 100, pattern: moneyPattern() }] },
  },
  textOrNone: { type: 'text', schema: { anyOf: [{ type: ['string', 'null'] }, { type: 'number' }, { const: false }] } },
  addressLines: {
    type: 'list of texts',
    schema: {
      anyOf: [
        { type: 'array', items: { $ref: '#/$defs/textOrNone' } },
        { type: ['string', 'null'] },
        { const: false },
        { ...gapped(), additionalProperties: { $ref: '#/$defs/textOrNone' } },
      ],
    },
  },
  adjustmentKind: {
    type: 'kind',
    schema: words(ADJUSTMENT_KINDS, [], (word) => spelled(word).replaceAll('_', '[_ -]')),
  },
  flagOrNone: { type: 'flag', schema: { anyOf: [{ type: ['boolean', 'null'] }, { enum: [0, 1, ''] }, flagText()] } },
  taxIncluded: {
    type: 'flag',
    schema: {
      anyOf: [
        { type: ['boolean', 'null'] },
        { enum: [0, 1] },
        flagText(),
        { description: 'Anything else says nothing.' },
      ],
    },
  },
};

/** Null, and what means the same in some languages. */
export const NONE: JsonSchema = { enum: [null, '', false] };

export function orNone(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { $ref: '#/$defs/none' }] };
}

/** How PHP writes a list with gaps. */
export function gapped(): JsonSchema {
  return { type: 'object', propertyNames: { pattern: '^[0-9]+$' } };
}

function words(usual: readonly string[], other: readonly string[], pattern: (word: string) => string): JsonSchema {
  const spellings = [...usual, ...other].map(pattern).join('|');
  return { anyOf: [{ enum: usual }, { type: 'string', pattern: `^\\s*(${spellings})\\s*$` }] };
}

function spelled(word: string): string {
  return word.replaceAll(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`);
}

function flagText(): JsonSchema {
  return { type: 'string', pattern: `^\\s*(0|1|${spelled('true')}|${spelled('false')})\\s*$` };
}

function moneyPattern(): string {
  const plain = '([0-9]{1,18}([.][0-9]{0,60})?|[.][0-9]{1,60})';
  const scientific = '([0-9]+[.]?[0-9]*|[.][0-9]+)[eE][+-]?[0-9]{1,2}';
  return `^\\s*[+-]?(${plain}|${scientific})\\s*$`;
}

function timePattern(): string {
  const date =
    '[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))';
  const time = '([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?([.,][0-9]+)?';
  const zone = ' ?([Zz]|UTC|GMT|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)(\\[[A-Za-z0-9_/+-]+\\])?';
  return `^\\s*${date}([Tt]| +)${time}${zone}\\s*$`;
}

/** Control characters, invisible ones, and those that reverse text: the most common ones. */
function invisible(): string {
  return '\u0000-\u001F\u007F-\u00A0\u00AD\u200B-\u200F\u2028-\u202F\u2060-\u206F\uFEFF';
}

function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
