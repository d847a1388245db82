/** The ways in which a request can prove who sends it, that more than one kind of server wants. */
export { type Auth, basic, bearer, header, query, type Send, signedWith, withHeader, withQuery } from './auth.ts';
export { type LoginOptions, type Session, session } from './login.ts';
