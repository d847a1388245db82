/** Fills an empty database with what a shop has before its first order, by Vendure's own importer. */
import { bootstrap } from '@vendure/core';
import { populate } from '@vendure/core/cli/index.js';
import { config } from './config.ts';
import { initialData } from './initial-data.ts';

config.importExportOptions = { importAssetsDir: import.meta.dirname };
const app = await populate(() => bootstrap(config), initialData, 'products.csv');
await app.close();
process.exit(0);
