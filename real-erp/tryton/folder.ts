import { homedir } from 'node:os';
import { join } from 'node:path';

/** Outside the checkout: logs, and the configuration that Tryton runs with. REAL_ERP_FOLDER moves it. */
export const FOLDER =
  process.env['REAL_ERP_FOLDER'] ??
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'order-sync', 'real-erp');
