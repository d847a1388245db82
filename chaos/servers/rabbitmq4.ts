/**
 * Few distributions have RabbitMQ 4 yet, so you bring your own: CHAOS_RABBITMQ4 names a folder with its rabbitmq-server and
 * rabbitmqctl, or scripts of these names that run them elsewhere, as in a chroot.
 */
const FOLDER = process.env['CHAOS_RABBITMQ4'];

/** Why no RabbitMQ 4 can be started; undefined when one can. */
export function noRabbitMQ4(): string | undefined {
  return FOLDER === undefined ? "CHAOS_RABBITMQ4 is not set to a folder with RabbitMQ 4's programs" : undefined;
}

/** @throws Error when there is none */
export function rabbitMQ4(): string {
  if (FOLDER === undefined) throw new Error(noRabbitMQ4());
  return FOLDER;
}
