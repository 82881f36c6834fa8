import { ApiError, asProblem, OfflineError } from "./errors";

/** lines posts JSON or a table, and hands on each JSON line of the answer as it comes; it ends with the answer. */
export async function lines<T>(url: string, input: unknown, each: (line: T) => void): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "Content-Type": input instanceof Blob ? "text/csv" : "application/json",
      "Accept-Language": document.documentElement.lang,
    },
    body: input instanceof Blob ? input : input === undefined ? undefined : JSON.stringify(input),
  }).catch(() => {
    throw new OfflineError();
  });
  if (!response.ok || !response.body) {
    const body = await response.json().catch(() => undefined);
    throw new ApiError(asProblem(response.status, body, response.headers.get("X-Request-Id")));
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new OfflineError();
    });
    rest += value ?? "";
    const whole = rest.split("\n");
    rest = whole.pop() ?? "";
    for (const line of whole) if (line) each(JSON.parse(line) as T);
    if (done) return;
  }
}
