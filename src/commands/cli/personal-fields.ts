/** The fields that say nothing about a person. Everything else may, unknown fields above all. */
const IMPERSONAL = [
  /^(?:orderNumber|shopOrderId|status|currency|placedAt|paidAt|cancelledAt|updatedAt)$/,
  /^totals\.(?:(?:original\.)?(?:items|shipping|tax|discount|refunded|grand)|taxIncluded|original)$/,
  /^totals\.adjustments(?:\[\d+\](?:\.(?:kind|amount))?)?$/,
  /^lines(?:\[\d+\](?:\.(?:lineId|sku|name|quantity|unitPrice|discount|tax|lineTotal|requiresShipping|unitPriceDerived))?)?$/,
  /^payments(?:\[\d+\](?:\.(?:method|amount|paidAt))?)?$/,
];

/** @param path such as `lines[0].quantity` */
export function isPersonal(path: string): boolean {
  return !IMPERSONAL.some((pattern) => pattern.test(path));
}
