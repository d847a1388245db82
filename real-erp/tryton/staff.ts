import { z } from 'zod';
import { PASSWORDS } from './seed.ts';

const reply = z.object({ result: z.unknown().optional(), error: z.unknown().optional() });

/** Staff's hands: what they click in Tryton's own client, by the same protocol. */
export class Staff {
  readonly #url: string;

  /** @param url with the database's name */
  constructor(url: string) {
    this.#url = url;
  }

  /** @throws Error when Tryton refuses it */
  async click(saleId: number, ...buttons: readonly string[]): Promise<void> {
    for (const button of buttons) await this.#call(`model.sale.sale.${button}`, [[saleId]]);
  }

  async write(saleId: number, values: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#call('model.sale.sale.write', [[saleId], values]);
  }

  async #call(method: string, parameters: readonly unknown[]): Promise<unknown> {
    const credentials = Buffer.from(`staff:${PASSWORDS.staff}`).toString('base64');
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: 1, method, params: [...parameters, { company: 1 }] }),
    });
    const { result, error } = reply.parse(await response.json());
    if (error !== undefined) throw new Error(`staff: ${method}: ${JSON.stringify(error).slice(0, 500)}`);
    return result;
  }
}
