export const WEBHOOK_PRESETS = ['woocommerce', 'shopify', 'magento', 'generic'] as const;
export type PresetName = (typeof WEBHOOK_PRESETS)[number];

/** How one shop's webhooks look on the outside; what is in them, contents.ts reads. */
export interface Preset {
  /** In lower case, as Node has them. */
  readonly signatureHeader: string;
  /** An unsigned body by which the shop tries out the address, when a webhook is set up. */
  readonly pingBody?: RegExp;
  /** What the shop wants to read in the answer: type and body. */
  readonly thanks: readonly [type: string, body: string];
}

const TEXT = 'text/plain; charset=utf-8';

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  woocommerce: {
    signatureHeader: 'x-wc-webhook-signature',
    pingBody: /^webhook_id=\d{1,20}$/,
    thanks: [TEXT, 'ok\n'],
  },
  shopify: {
    signatureHeader: 'x-shopify-hmac-sha256',
    thanks: [TEXT, 'ok\n'],
  },
  // Adobe Commerce runs a webhook within what it reports, and fails that unless the answer says so.
  magento: {
    signatureHeader: 'x-adobe-commerce-webhook-signature',
    thanks: ['application/json', '{"op":"success"}\n'],
  },
  generic: {
    signatureHeader: 'x-webhook-signature',
    thanks: [TEXT, 'ok\n'],
  },
};
