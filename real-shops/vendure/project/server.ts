import { bootstrap, JobQueueService } from '@vendure/core';
import { config } from './config.ts';

const app = await bootstrap(config);
await app.get(JobQueueService).start();
