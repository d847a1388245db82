import { z } from 'zod';

/** How the shop of a figure behaves. */
export const shopBehaviour = z.object({
  /** How long each reply takes, in ms. */
  latencyMs: z.number(),
  /** Beyond this it answers 429; null is no limit. */
  requestsPerSecond: z.number().nullable(),
  /** Each time an order is asked for, it has changed. */
  changesOrders: z.boolean(),
});
export type ShopBehaviour = z.output<typeof shopBehaviour>;

/** What the bench tells the shop's process. `hold` keeps back all replies until `release`. */
export const shopCommand = z.enum(['hold', 'release', 'versions']);
export type ShopCommand = z.output<typeof shopCommand>;

/** What the shop's process tells the bench. */
export const shopNews = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('listening'), port: z.number() }),
  /** The first request since `hold` has come. */
  z.object({ kind: z.literal('waiting') }),
  z.object({ kind: z.literal('released') }),
  /** The last version of each order that was served, by order number. */
  z.object({ kind: z.literal('versions'), versions: z.array(z.tuple([z.string(), z.number()])) }),
]);
export type ShopNews = z.output<typeof shopNews>;
