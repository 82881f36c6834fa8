import { body, client } from "./client";
import type { LinkedPerson, NewSecondFactor, SecondFactor, Session } from "./types";

/** What a person signs in with. The hub asks for the code by the error "second_factor" where one is needed. */
export interface Credentials {
  email: string;
  password: string;
  code?: string;
}
export const signIn = (c: Credentials): Promise<Session> => body(client.POST("/api/v1/session", { body: c }));
export const signOut = (): Promise<unknown> => body(client.DELETE("/api/v1/session", {}));

export const getSecondFactor = (): Promise<SecondFactor> => body(client.GET("/api/v1/me/second-factor", {}));
export const beginSecondFactor = (password: string): Promise<NewSecondFactor> =>
  body(client.POST("/api/v1/me/second-factor", { body: { password } }));
export const removeSecondFactor = (password: string): Promise<unknown> =>
  body(client.POST("/api/v1/me/second-factor/remove", { body: { password } }));

const codes = async (answer: Promise<{ data?: { codes: string[] } }>) =>
  (await body<{ codes: string[] }>(answer)).codes;
export const confirmSecondFactor = (code: string): Promise<string[]> =>
  codes(client.POST("/api/v1/me/second-factor/confirm", { body: { code } }));
export const newRecoveryCodes = (password: string): Promise<string[]> =>
  codes(client.POST("/api/v1/me/second-factor/codes", { body: { password } }));

/** askForLink has a link mailed to somebody who forgot their password; it never says whether there is one. */
export const askForLink = (email: string): Promise<unknown> =>
  body(client.POST("/api/v1/password-link/ask", { body: { email } }));
export const openPasswordLink = (token: string): Promise<LinkedPerson> =>
  body(client.POST("/api/v1/password-link/open", { body: { token } }));
export const choosePassword = (token: string, password: string): Promise<unknown> =>
  body(client.POST("/api/v1/password-link/use", { body: { token, password } }));
