/** Made-up buyers, whose names and addresses have what real ones have. */
export interface Person {
  readonly firstName: string;
  readonly lastName: string;
  readonly company?: string;
  readonly lines: readonly [string, string?];
  readonly city: string;
  readonly province?: string;
  readonly postcode: string;
  readonly country: string;
  readonly phone?: string;
}

export const PEOPLE = {
  anna: {
    firstName: 'Anna',
    lastName: 'Schäfer-Müller',
    company: 'Müller & Söhne GmbH',
    lines: ['Große Straße 12', 'Hinterhaus'],
    city: 'Köln',
    province: 'Nordrhein-Westfalen',
    postcode: '50667',
    country: 'DE',
    phone: '+49 221 1234567',
  },
  xiaoming: {
    firstName: '小明',
    lastName: '王',
    company: '北京示例科技有限公司',
    lines: ['朝阳区建国路88号 SOHO现代城 5号楼1203室'],
    city: '北京市',
    province: '北京',
    postcode: '100022',
    country: 'CN',
    phone: '+86 138 0013 8000',
  },
  taro: {
    firstName: '太郎',
    lastName: '山田',
    lines: ['千代田区丸の内１丁目９−１', 'グラントウキョウ ７F'],
    city: '東京都',
    postcode: '100-0005',
    country: 'JP',
    phone: '03-1234-5678',
  },
  lukasz: {
    firstName: 'Łukasz',
    lastName: 'Żółć',
    lines: ['ul. Świętokrzyska 3/14'],
    city: 'Łódź',
    postcode: '90-001',
    country: 'PL',
    phone: '501 234 567',
  },
  sean: {
    firstName: 'Seán',
    lastName: `O'Brien-"Mac"`,
    lines: ['221B Baker St; DROP TABLE orders;--'],
    city: 'London',
    postcode: 'NW1 6XE',
    country: 'GB',
  },
  zoe: {
    firstName: 'Zoë 🎁',
    lastName: 'Washington',
    lines: ['1600 Pennsylvania Ave NW', 'c/o 𠮷野家 👍🏽'],
    city: 'Washington',
    province: 'DC',
    postcode: '20500',
    country: 'US',
    phone: '(202) 456-1111',
  },
} satisfies Record<string, Person>;
