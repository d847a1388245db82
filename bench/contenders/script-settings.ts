/** The settings of the two scripts, from the same variables that order-sync reads. */
export function settings() {
  const read = (name: string): string => {
    const value = process.env[name];
    if (value === undefined) throw new Error(`${name} is not set`);
    return value;
  };
  return {
    brokerUrl: read('RABBITMQ_URL'),
    queue: read('RABBITMQ_QUEUE'),
    shopUrl: read('SHOP_BASE_URL'),
    databaseUrl: read('INTERNAL_SYSTEM_URL'),
    concurrency: Number(read('SHOP_CONCURRENCY')),
  };
}
