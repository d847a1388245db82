/**
 * User and password, or a token, before the host of an address. An unencoded `/` or `@` in a password is covered too: it is
 * a common mistake. The bound keeps the search linear.
 */
const CREDENTIALS = /\/\/(?:[^\s"<>/@:]{1,1000}|[^\s"<>/@:]{0,200}:[^\s"<>]{0,1000})@/g;

/** `amqp://user:password@host` → `amqp://***@host`, anywhere in the text. */
export function redactCredentials(text: string): string {
  return text.includes('@') ? text.replace(CREDENTIALS, '//***@') : text;
}
