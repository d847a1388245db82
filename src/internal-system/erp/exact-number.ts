declare global {
  interface JSON {
    /** JSON text that `stringify` writes as it is. */
    rawJSON(text: string): object;
  }
}

/** An amount as a JSON number with exactly these digits, for ERPs that want no text: `12.90`, never a float of it. */
export function exactNumber(amount: string): object {
  return JSON.rawJSON(amount);
}
