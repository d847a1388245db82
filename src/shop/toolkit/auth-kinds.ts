/** The ways in which a request can prove who sends it. */
export * from '../../client/auth-kinds.ts';
export { type ClientCredentials, clientCredentials } from './client-credentials.ts';
export { graphqlProblem } from './graphql.ts';
export { type OAuth1Secrets, oauth1 } from './oauth1.ts';
export { type GraphqlLogin, graphqlLogin, type PasswordLogin, passwordLogin } from './password-login.ts';
export { type SignedParameters, signedParameters } from './signed-parameters.ts';
