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
  const isInParts = !fields.has('buyerName') && fields.has('buyerLastName');
  const buyer = texts(fields, [
    ['id', 'buyerId'],
    ...(isInParts ? [] : [['name', 'buyerName'] as const]),
    ['email', 'buyerEmail'],
    ['phone', 'buyerPhone'],
  ]);
  const name = `name: fullName(${text(fields, 'buyerFirstName') ?? 'null'}, ${text(fields, 'buyerLastName')})`;
  const codes = REGIONS.filter((region) => isCode(fields, region)).map((region) => fields.get(region)?.path.join('.'));
  const shipTo = addressLines(fields);
  return {
    lines: [
      ...(isInParts
        ? objectLines('buyer: ', [`...order.texts({ ${buyer.join(', ')} })`, name], ',', '    ')
        : buyer.length === 0
          ? []
          : objectLines('buyer: order.texts(', buyer, '),', '    ')),
      ...(codes.length === 0 ? [] : [`    ${todo(`${codes.join(', ')}: numbers. Which request returns the names?`)}`]),
      ...(shipTo.length === 0
        ? [`    ${todo('where does it go? The sample has no address that was recognised.')}`]
        : shipTo),
    ],
    imports: [...(isInParts ? ['fullName'] : []), ...(shipTo.length === 0 ? [] : ['address'])],
  };
}

const REGIONS = ['country', 'province', 'city', 'district'] as const;

function addressLines(fields: Fields): string[] {
  const street = fields.get('street');
  const isList = street?.values.some(Array.isArray) === true;
  const streets = (['street', 'street2'] as const).flatMap((field) => text(fields, field) ?? []);
  const known = REGIONS.filter((region) => !isCode(fields, region)).map((region): Entry => [region, region]);
  const person: readonly Entry[] = fields.has('recipient')
    ? [['name', 'recipient']]
    : [
        ['firstName', 'firstName'],
        ['lastName', 'lastName'],
      ];
  const parts = texts(fields, [...person, ['phone', 'phone'], ...known, ['postcode', 'postcode']]);
  if (parts.length === 0 && street === undefined) return [];
  const list = `lines: order.list(${place(street?.path ?? [])}, []).map(({ json }) => String(json))`;
  return [
    '    shippingAddress: address({',
    ...objectLines('...order.texts(', parts, '),', '      '),
    ...(street === undefined ? [] : [`      ${isList ? list : `lines: [${streets.join(', ')}]`},`]),
    '    }),',
  ];
}

/** Chinese shop systems keep regions in a table of their own. */
function isCode(fields: Fields, region: (typeof REGIONS)[number]): boolean {
  const values = fields.get(region)?.values.filter((value) => !isEmpty(value)) ?? [];
  return values.length > 0 && values.every((value) => /^\d+$/.test(String(value)));
}

/** Entries that name the fields in which texts stand. */
export function texts(fields: Fields, entries: readonly Entry[]): string[] {
  return entries.flatMap(([key, field]) => {
    const leaf = fields.get(field);
    return leaf === undefined ? [] : [`${key}: ${place(leaf.path)}`];
  });
}

export function text(fields: Fields, field: OrderField): string | undefined {
  const leaf = fields.get(field);
  return leaf === undefined ? undefined : `order.text(${place(leaf.path)})`;
}
