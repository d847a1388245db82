import { existsSync } from 'node:fs';
import { ConfigError, type OrderSinkFactory } from '../../src/index.ts';

/** An ERP that can't be logged in to, for a reason that would end the daemon, until the file ERP_IS_UP exists. */
const factory: OrderSinkFactory = ({ env }) => ({
  async open() {
    if (!existsSync(env['ERP_IS_UP'] ?? '')) throw new ConfigError(['The ERP knows no such database.']);
  },
  upsert: async ({ key }) => ({ erpId: key }),
});

export default factory;
