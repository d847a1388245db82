/**
 * The parts of undici that the daemon needs. Its index also loads fetch, WebSocket, caches and mocks: 50 ms of CPU time and 9 MB
 * at each start.
 */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  export default Pool;
}

declare module 'undici/lib/core/connect.js' {
  import { buildConnector } from 'undici';
  export default buildConnector;
}

declare module 'undici/lib/core/errors.js' {
  import { errors } from 'undici';
  export default errors;
}
