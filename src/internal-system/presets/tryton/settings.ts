import type { Settings } from '../../erp/index.ts';

export interface TrytonSettings {
  /** The code of the party that all sales of the shop are made out to. */
  readonly customer: string;
  readonly referencePrefix: string;
  /** The codes of the articles for what is no product. */
  readonly articles: { readonly shipping: string; readonly discount: string; readonly surcharge: string };
  /** The code of the article for products that Tryton does not have; undefined refuses the order. */
  readonly unknownArticle: string | undefined;
}

export function readSettings(settings: Settings, shop: string): TrytonSettings {
  return {
    customer: settings.text('ERP_CUSTOMER', 'WEB'),
    referencePrefix: settings.text('ERP_REFERENCE_PREFIX', `${shop}/`),
    articles: {
      shipping: settings.text('ERP_SHIPPING_SKU', 'SHIPPING'),
      discount: settings.text('ERP_DISCOUNT_SKU', 'DISCOUNT'),
      surcharge: settings.text('ERP_SURCHARGE_SKU', 'SURCHARGE'),
    },
    unknownArticle: settings.text('ERP_UNKNOWN_SKU', undefined),
  };
}
