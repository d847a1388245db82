/** How the built-in REST shop is reached. The paths are templates; see shop-urls.ts for what they may hold. */
export interface RestShopOptions {
  /** `https://shop.example` or with a path prefix, `https://shop.example/api/v1`. */
  readonly baseUrl: string;
  /** One order by number or shop id. @defaultValue '/orders/{reference}' */
  readonly orderPath?: string | undefined;
  /**
   * Many orders; `{references}` is a comma-separated list, `{count}` how many they are, for shops that need a page size.
   * @defaultValue '/orders?numbers={references}'
   */
  readonly ordersPath?: string | undefined;
  /** The most orders one request asks for; 1 asks for each with `orderPath`. @defaultValue 1 */
  readonly batchSize?: number | undefined;
  /** Orders changed since then, oldest change first. @defaultValue '/orders?updatedSince={since}&page={page}' */
  readonly changesPath?: string | undefined;
  /** Orders placed since then, oldest first. @defaultValue '/orders?placedSince={since}&page={page}' */
  readonly placedPath?: string | undefined;
  /** Sent as `<authHeader>: <authScheme> <token>`. No token, no header. */
  readonly token?: string | undefined;
  /** @defaultValue 'Authorization' */
  readonly authHeader?: string | undefined;
  /** '' sends the token alone. @defaultValue 'Bearer' */
  readonly authScheme?: string | undefined;
  /** Deadline of a whole request, from connecting to the last byte, in ms. @defaultValue 10000 */
  readonly timeoutMs?: number | undefined;
  /** Largest reply, in bytes, both as sent and after decompression. @defaultValue 5242880 (5 MiB) */
  readonly maxResponseBytes?: number | undefined;
  /** The most requests at a time, which is also the most connections. @defaultValue 8 */
  readonly concurrency?: number | undefined;
  /** The most requests that start within a second, evenly spaced; unlimited when absent. */
  readonly requestsPerSecond?: number | undefined;
}

export const REST_SHOP_DEFAULTS = {
  orderPath: '/orders/{reference}',
  ordersPath: '/orders?numbers={references}',
  batchSize: 1,
  changesPath: '/orders?updatedSince={since}&page={page}',
  placedPath: '/orders?placedSince={since}&page={page}',
  authHeader: 'Authorization',
  authScheme: 'Bearer',
  timeoutMs: 10_000,
  maxResponseBytes: 5 * 1024 * 1024,
  concurrency: 8,
} as const;
