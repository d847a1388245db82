/** A Vendure shop on PostgreSQL, whose taxes depend on the address. */
import {
  AddressBasedTaxZoneStrategy,
  DefaultJobQueuePlugin,
  DefaultLogger,
  DefaultSearchPlugin,
  dummyPaymentHandler,
  LogLevel,
  type VendureConfig,
} from '@vendure/core';
import { OrderEventsPlugin } from './order-events-plugin.ts';

export const config: VendureConfig = {
  logger: new DefaultLogger({ level: LogLevel.Warn, timestamp: true }),
  apiOptions: {
    hostname: '127.0.0.1',
    port: Number(process.env['VENDURE_PORT']),
    adminApiPath: 'admin-api',
    shopApiPath: 'shop-api',
  },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'],
    requireVerification: false,
    superadminCredentials: { identifier: 'superadmin', password: 'superadmin' },
    cookieOptions: { secret: 'for this run only' },
  },
  taxOptions: { taxZoneStrategy: new AddressBasedTaxZoneStrategy() },
  dbConnectionOptions: { type: 'postgres', url: process.env['DATABASE_URL'], synchronize: true, logging: false },
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  plugins: [DefaultJobQueuePlugin.init({}), DefaultSearchPlugin.init({ bufferUpdates: false }), OrderEventsPlugin],
};
