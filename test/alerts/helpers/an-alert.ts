import type { AlertMessage } from '../../../src/alerts/alert-message.ts';

export function anAlert(overrides: Partial<AlertMessage> = {}): AlertMessage {
  return {
    id: '0b9c1f0e-7d0a-4a52-9d0b-0d5f2f6f3c11',
    kind: 'dead_letters',
    severity: 'critical',
    at: new Date('2026-11-29T14:30:12Z'),
    shop: 'shop',
    title: '3 orders need a person',
    lines: ['Orders 10086, 10087 and 10088 are dead letters: invalid_order.', 'See: order-sync dead-letters list'],
    facts: { count: 3, orderNumbers: ['10086', '10087', '10088'] },
    ...overrides,
  };
}

/** What people of the outside could write into an order number, or a shop into a message. */
export const HOSTILE = [
  '@all <@all> <at user_id="all"></at> <!channel> @18600000000',
  '[click](https://evil.example) ![x](https://evil.example/x.png) <https://evil.example|click>',
  '**bold** `code` <font color="red">red</font> & "quoted"',
  '# heading\nBcc: someone@evil.example\u202e',
] as const;
