import { LanguageCode } from '@vendure/core';

export const initialData = {
  defaultLanguage: LanguageCode.en,
  defaultZone: 'Europe',
  countries: [
    { code: 'DE', name: 'Germany', zone: 'Europe' },
    { code: 'FR', name: 'France', zone: 'Europe' },
    { code: 'GB', name: 'United Kingdom', zone: 'Europe' },
    { code: 'PL', name: 'Poland', zone: 'Europe' },
    { code: 'CN', name: 'China', zone: 'Asia' },
    { code: 'JP', name: 'Japan', zone: 'Asia' },
    { code: 'US', name: 'United States', zone: 'Americas' },
    { code: 'SA', name: 'Saudi Arabia', zone: 'Gulf' },
  ],
  taxRates: [
    { name: 'Standard', percentage: 19 },
    { name: 'Reduced', percentage: 7 },
    { name: 'Zero', percentage: 0 },
  ],
  shippingMethods: [
    { name: 'Standard shipping', price: 499, taxRate: 19 },
    { name: 'Express shipping', price: 1990, taxRate: 19 },
    { name: 'Pick-up', price: 0 },
  ],
  paymentMethods: [
    {
      name: 'Card',
      handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'true' }] },
    },
    {
      name: 'Invoice',
      handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'false' }] },
    },
  ],
  collections: [],
};
