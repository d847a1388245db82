import { HTTP_LIMITS, type HttpLimits } from '../../client/json-http.ts';

/** How the built-in REST shop is reached. The paths are templates; shop-urls.ts says what they may hold. */
export interface RestShopOptions extends HttpLimits {
  /** `https://shop.example`, or with a path prefix `https://shop.example/api/v1`. */
  readonly baseUrl: string;
  /** One order by number or shop id: `{reference}`. @defaultValue `/orders/{reference}` */
  readonly orderPath: string;
  /**
   * Many orders: `{references}` is a comma-separated list, `{count}` its length, for shops that need a page size.
   *
   * @defaultValue `/orders?numbers={references}`
   */
  readonly ordersPath: string;
  /** The most orders that one request asks for; 1 asks for each with `orderPath`. @defaultValue 1 */
  readonly batchSize: number;
  /**
   * Orders changed since `{since}`, oldest change first; page `{page}`.
   *
   * @defaultValue `/orders?updatedSince={since}&page={page}`
   */
  readonly changesPath: string;
  /**
   * Orders placed since `{since}`, oldest first; page `{page}`.
   *
   * @defaultValue `/orders?placedSince={since}&page={page}`
   */
  readonly placedPath: string;
  /**
   * Where a shipment is PUT: `{reference}` is the order's number, `{shipmentId}` the shipment's id.
   *
   * @defaultValue none: the shop takes no shipments
   */
  readonly shipmentPath: string | undefined;
  /** Sent as `<authHeader>: <authScheme> <token>`. No token, no header. @defaultValue none */
  readonly token: string | undefined;
  /** Asked when the shop refuses the token: it may have been rotated. */
  readonly currentToken?: (() => string) | undefined;
  /** @defaultValue `Authorization` */
  readonly authHeader: string;
  /** '' sends the token alone. @defaultValue `Bearer` */
  readonly authScheme: string;
}

/** The defaults of everything but the address. The SHOP_… variables take theirs from here. */
export const REST_SHOP_DEFAULTS: Omit<RestShopOptions, 'baseUrl'> = {
  orderPath: '/orders/{reference}',
  ordersPath: '/orders?numbers={references}',
  batchSize: 1,
  changesPath: '/orders?updatedSince={since}&page={page}',
  placedPath: '/orders?placedSince={since}&page={page}',
  shipmentPath: undefined,
  token: undefined,
  authHeader: 'Authorization',
  authScheme: 'Bearer',
  ...HTTP_LIMITS,
};
