import { homedir } from 'node:os';
import { join } from 'node:path';

/** Outside the checkout: the two shops are some 700 MB of packages. REAL_SHOPS_FOLDER moves it. */
export const CACHE =
  process.env['REAL_SHOPS_FOLDER'] ??
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'order-sync', 'real-shops');
