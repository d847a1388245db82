import { locale } from './words.js';

/**
 * Creating an Intl formatter costs more than a hundred uses of it, and a list of orders is formatted twice a second.
 *
 * @template Options, Format
 * @param {(locale: string, options: Options) => Format} create
 * @returns {(options: Options) => Format} in the language of now
 */
export function cached(create) {
  /** @type {Map<string, Format>} */
  const formats = new Map();
  return (options) => {
    const key = `${locale()} ${JSON.stringify(options)}`;
    const format = formats.get(key) ?? create(locale(), options);
    formats.set(key, format);
    return format;
  };
}
