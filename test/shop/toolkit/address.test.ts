import { describe, expect, it, test } from 'vitest';
import { address, addressOf, buyerOf, Fields, fullName } from '../../../src/shop/toolkit/index.ts';

const COLOGNE = {
  recipient: 'Erika Mustermann',
  phone: '0221',
  country: 'DE',
  province: 'NW',
  city: 'Köln',
  district: null,
  lines: ['Muster GmbH', 'Heidestr. 17', 'Hinterhaus'],
  postcode: '51147',
};

describe('an address', () => {
  it.each([
    [
      'WooCommerce',
      { first_name: 'Erika', last_name: 'Mustermann', company: 'Muster GmbH', address_1: 'Heidestr. 17' },
      { address_2: 'Hinterhaus', city: 'Köln', state: 'NW', postcode: '51147', country: 'DE', phone: '0221' },
    ],
    [
      'Magento',
      { firstname: 'Erika', lastname: 'Mustermann', company: 'Muster GmbH', street: ['Heidestr. 17', 'Hinterhaus'] },
      { city: 'Köln', region: 'Nordrhein', region_code: 'NW', postcode: '51147', country_id: 'DE', telephone: '0221' },
    ],
    [
      'Medusa',
      { first_name: 'Erika', last_name: 'Mustermann', company: 'Muster GmbH', address_1: 'Heidestr. 17' },
      {
        address_2: 'Hinterhaus',
        city: 'Köln',
        province: 'NW',
        postal_code: '51147',
        country_code: 'DE',
        phone: '0221',
      },
    ],
    [
      'Shopify',
      { firstName: 'Erika', lastName: 'Mustermann', company: 'Muster GmbH', address1: 'Heidestr. 17' },
      { address2: 'Hinterhaus', city: 'Köln', provinceCode: 'NW', zip: '51147', countryCodeV2: 'DE', phone: '0221' },
    ],
    [
      'Vendure',
      { fullName: 'Erika Mustermann', company: 'Muster GmbH', streetLine1: 'Heidestr. 17', streetLine2: 'Hinterhaus' },
      { city: 'Köln', province: 'NW', postalCode: '51147', countryCode: 'DE', country: 'Germany', phoneNumber: '0221' },
    ],
  ])('of %s reads by the usual names', (_, first, rest) => {
    expect(addressOf(new Fields({ ...first, ...rest }))).toEqual(COLOGNE);
  });

  it('is none where nothing is in it', () => {
    expect(addressOf(new Fields({ first_name: '', address_1: ' ', street: [], city: null }))).toBeNull();
    expect(addressOf(null)).toBeNull();
    expect(address({})).toBeNull();
    expect(address(null)).toBeNull();
  });

  it('takes what the shop calls otherwise', () => {
    const raw = new Fields({ consignee: '王小明', mobile: 13800000000, xian: '西湖区' });
    expect(addressOf(raw, { district: raw.text('xian'), country: 'CN' })).toMatchObject({
      ...{ recipient: '王小明', phone: '13800000000', country: 'CN', district: '西湖区', lines: [] },
    });
  });
});

test.each([
  ['Erika', 'Mustermann', 'Erika Mustermann'],
  ['小明', '王', '王小明'],
  ['太郎', '山田', '山田太郎'],
  [' Erika ', '', 'Erika'],
  [null, 'Mustermann', 'Mustermann'],
  ['', null, null],
])('%j and %j make the name %j', (first, last, name) => {
  expect(fullName(first, last)).toBe(name);
});

test('a buyer reads by the usual names; a guest has no id', () => {
  const raw = new Fields({ first_name: 'Erika', last_name: 'Mustermann', email: 'erika@example.com', phone: '' });
  const erika = { name: 'Erika Mustermann', email: 'erika@example.com', phone: null };
  expect(buyerOf(raw, 7)).toEqual({ id: '7', ...erika });
  for (const none of [0, '0', '', null]) expect(buyerOf(raw, none)).toEqual({ id: null, ...erika });
  expect(buyerOf(null)).toEqual({ id: null, name: null, email: null, phone: null });
});
