import { isEmpty } from '../recognise/forms.ts';
import type { OrderField } from '../recognise/names.ts';
import type { Recognised } from '../recognise/recognise.ts';
import { objectLines, place, todo } from './source-text.ts';

export interface PartySource {
  readonly lines: readonly string[];
  readonly imports: readonly string[];
}

type Fields = Recognised['fields'];
type Entry = readonly [key: string, field: OrderField];

/** Who bought it, and where it goes. */
export function partySource({ fields }: Recognised): PartySource {
  const buyer = [
    ...texts(fields, [['id', 'buyerId']]),
    ...(fields.has('buyerName') || !fields.has('buyerLastName')
      ? texts(fields, [['name', 'buyerName']])
      : [`name: fullName(${text(fields, 'buyerFirstName') ?? 'null'}, ${text(fields, 'buyerLastName')})`]),
    ...texts(fields, [
      ['email', 'buyerEmail'],
      ['phone', 'buyerPhone'],
    ]),
  ];
  const address = addressEntries(fields);
  const codes = REGIONS.filter((region) => isCode(fields, region)).map((region) => fields.get(region)?.path.join('.'));
  return {
    lines: [
      ...(buyer.length === 0 ? [] : objectLines('buyer: ', buyer, ',', '    ')),
      ...(codes.length === 0 ? [] : [`    ${todo(`${codes.join(', ')}: numbers. Which request returns the names?`)}`]),
      ...(address.length === 0
        ? [`    ${todo('where does it go? The sample has no address that was recognised.')}`]
        : objectLines('shippingAddress: address(', address, '),', '    ')),
    ],
    imports: [
      ...(buyer.some((entry) => entry.includes('fullName')) ? ['fullName'] : []),
      ...(address.length === 0 ? [] : ['address']),
    ],
  };
}

const REGIONS = ['country', 'province', 'city', 'district'] as const;

function addressEntries(fields: Fields): string[] {
  const street = fields.get('street');
  const isList = street?.values.some(Array.isArray) === true;
  const lines = (['street', 'street2'] as const).flatMap((field) => text(fields, field) ?? []);
  const known = REGIONS.filter((region) => !isCode(fields, region)).map((region): Entry => [region, region]);
  return [
    ...texts(fields, fields.has('recipient') ? [['name', 'recipient']] : []),
    ...texts(
      fields,
      fields.has('recipient')
        ? []
        : [
            ['firstName', 'firstName'],
            ['lastName', 'lastName'],
          ],
    ),
    ...texts(fields, [['phone', 'phone'], ...known]),
    ...(lines.length === 0
      ? []
      : [
          isList
            ? `lines: order.list(${place(street?.path ?? [])}, []).map(({ json }) => String(json))`
            : `lines: [${lines.join(', ')}]`,
        ]),
    ...texts(fields, [['postcode', 'postcode']]),
  ];
}

/** Chinese shop systems keep regions in a table of their own. */
function isCode(fields: Fields, region: (typeof REGIONS)[number]): boolean {
  const values = fields.get(region)?.values.filter((value) => !isEmpty(value)) ?? [];
  return values.length > 0 && values.every((value) => /^\d+$/.test(String(value)));
}

export function texts(fields: Fields, entries: readonly Entry[]): string[] {
  return entries.flatMap(([key, field]) => {
    const expression = text(fields, field);
    return expression === undefined ? [] : [`${key}: ${expression}`];
  });
}

function text(fields: Fields, field: OrderField): string | undefined {
  const leaf = fields.get(field);
  return leaf === undefined ? undefined : `order.text(${place(leaf.path)})`;
}
