import { defineConfig } from '@medusajs/framework/utils';

const origin = `http://127.0.0.1:${process.env['PORT']}`;

export default defineConfig({
  projectConfig: {
    databaseUrl: process.env['DATABASE_URL'],
    databaseDriverOptions: { ssl: false, connection: { ssl: false } },
    http: {
      storeCors: origin,
      adminCors: origin,
      authCors: origin,
      jwtSecret: 'for this run only',
      cookieSecret: 'for this run only',
    },
  },
  admin: { disable: true },
});
