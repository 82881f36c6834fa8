import createClient, { type Middleware } from "openapi-fetch";
import { ApiError, asProblem, OfflineError } from "./errors";
import type { paths } from "./schema";

let language = "zh";
let signedOut: () => void = () => {};
let held: () => void = () => {};

/** setLanguage chooses the language the hub words its errors in. */
export function setLanguage(lang: string): void {
  language = lang;
}

/** onSignedOut registers what happens when the hub no longer knows the session. */
export function onSignedOut(run: () => void): void {
  signedOut = run;
}

/** onHeld registers what happens when the hub answers nothing until a second factor is set up. */
export function onHeld(run: () => void): void {
  held = run;
}

const talk: Middleware = {
  onRequest({ request }) {
    request.headers.set("Accept-Language", language);
    if (request.method === "POST" && !request.headers.has("Idempotency-Key")) {
      request.headers.set("Idempotency-Key", crypto.randomUUID());
    }
    return request;
  },
  async onResponse({ request, response }) {
    if (response.ok) return response;
    const body = await response
      .clone()
      .json()
      .catch(() => undefined);
    const problem = asProblem(response.status, body, response.headers.get("X-Request-Id"));
    const own = /\/session$/.test(new URL(request.url).pathname);
    if (response.status === 401 && !own) signedOut();
    if (problem.code === "second_factor_required") held();
    throw new ApiError(problem);
  },
  onError() {
    return new OfflineError();
  },
};

export const client = createClient<paths>({ baseUrl: "", credentials: "same-origin" });
client.use(talk);

/**
 * body waits for an answer and returns what it carries; refusals are thrown by
 * the middleware. T narrows what the document can only call a string; that it
 * stays true to the document is checked in refines.ts.
 */
export async function body<T = void>(call: Promise<{ data?: unknown }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

/** items reads one page of a list. */
export async function items<T>(call: Promise<{ data?: unknown }>): Promise<T[]> {
  return (await body<{ items?: T[] }>(call)).items ?? [];
}
