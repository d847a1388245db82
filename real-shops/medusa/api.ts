import { z } from 'zod';

/** One user of Medusa's REST API. */
export class MedusaApi {
  readonly #baseUrl: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(baseUrl: string, headers: Readonly<Record<string, string>> = {}) {
    this.#baseUrl = baseUrl;
    this.#headers = headers;
  }

  get<T>(schema: z.ZodType<T>, path: string): Promise<T> {
    return this.#ask(schema, 'GET', path);
  }

  post<T>(schema: z.ZodType<T>, path: string, body: object = {}): Promise<T> {
    return this.#ask(schema, 'POST', path, body);
  }

  /** A request whose reply is of no interest. */
  async change(path: string, body: object = {}): Promise<void> {
    await this.#ask(z.unknown(), 'POST', path, body);
  }

  async #ask<T>(schema: z.ZodType<T>, method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(this.#baseUrl + path, {
      method,
      headers: { 'content-type': 'application/json', ...this.#headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status}: ${text.slice(0, 400)}`);
    return schema.parse(JSON.parse(text));
  }
}

export async function logIn(baseUrl: string, email: string, password: string): Promise<MedusaApi> {
  const api = new MedusaApi(baseUrl);
  const { token } = await api.post(z.object({ token: z.string() }), '/auth/user/emailpass', { email, password });
  return new MedusaApi(baseUrl, { authorization: `Bearer ${token}` });
}
