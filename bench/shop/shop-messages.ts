import { z } from 'zod';

/** How the shop behaves in a figure. */
export const shopBehaviour = z.object({
  /** How long each reply takes, in ms. */
  latencyMs: z.number(),
  /** Above this it answers 429; null means no limit. */
  requestsPerSecond: z.number().nullable(),
  /** An order changes with each request. */
  changesOrders: z.boolean(),
});
export type ShopBehaviour = z.output<typeof shopBehaviour>;

/** Commands to the shop's process. `hold` holds back all replies until `release`. */
export const shopCommand = z.enum(['hold', 'release', 'versions']);
export type ShopCommand = z.output<typeof shopCommand>;

/** Messages from the shop's process. */
export const shopNews = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('listening'), port: z.number() }),
  /** The first request since `hold` has arrived. */
  z.object({ kind: z.literal('waiting') }),
  z.object({ kind: z.literal('released') }),
  /** The last version served of each order, by order number. */
  z.object({ kind: z.literal('versions'), versions: z.array(z.tuple([z.string(), z.number()])) }),
]);
export type ShopNews = z.output<typeof shopNews>;
