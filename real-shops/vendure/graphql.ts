import { z } from 'zod';

export const ERROR = '... on ErrorResult { errorCode message }';

const replySchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});
const errorResult = z.object({ errorCode: z.string(), message: z.string() });

/** One user of Vendure's GraphQL, admin or shop, with a session of its own. */
export class VendureApi {
  readonly #url: string;
  #token: string | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  /** @returns the reply's first field. @throws Error also for errors that come as data */
  async ask<T>(schema: z.ZodType<T>, query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<T> {
    const headers = {
      'content-type': 'application/json',
      ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
    };
    const response = await fetch(this.#url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    this.#token = response.headers.get('vendure-auth-token') ?? this.#token;
    const { data, errors = [] } = replySchema.parse(await response.json());
    const [value] = Object.values(data ?? {});
    const failure = errorResult.safeParse(value).data;
    if (failure !== undefined) throw new Error(`${failure.errorCode}: ${failure.message}\n${query}`);
    if (errors.length > 0) throw new Error(`${errors.map(({ message }) => message).join('; ')}\n${query}`);
    return schema.parse(value);
  }

  /** A mutation whose result is of no interest. */
  async change(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.ask(z.unknown(), query, variables);
  }

  async logIn(username: string, password: string): Promise<void> {
    const variables = { username, password };
    await this.change(
      `mutation($username: String!, $password: String!) {
        login(username: $username, password: $password) { ... on CurrentUser { id } ${ERROR} } }`,
      variables,
    );
  }
}
