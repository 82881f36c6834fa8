import type { FieldProblem, Problem } from "./types";

/** ApiError is a refusal of the hub, in its own words. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title || problem.code);
    this.name = "ApiError";
  }
  get status(): number {
    return this.problem.status;
  }
  get code(): string {
    return this.problem.code;
  }
  get requestId(): string | undefined {
    return this.problem.request_id;
  }
}

/** OfflineError says that the hub was not reached: nothing is known of the outcome. */
export class OfflineError extends Error {
  constructor() {
    super("offline");
    this.name = "OfflineError";
  }
}

/** asProblem makes a problem of whatever the server answered, a proxy's page included. */
export function asProblem(status: number, body: unknown, requestId: string | null): Problem {
  const given = (typeof body === "object" && body !== null ? body : {}) as Partial<Problem>;
  return {
    ...given,
    status,
    code: given.code ?? `http_${status}`,
    detail: given.detail ?? given.title ?? "",
    request_id: given.request_id ?? requestId ?? undefined,
  };
}

/** fieldProblems lists what is wrong by field; "body.config.host" is "config.host". */
export function fieldProblems(error: unknown): FieldProblem[] {
  if (!(error instanceof ApiError)) return [];
  const { errors, field, detail, remedy } = error.problem;
  const all = errors?.length ? errors : field ? [{ field, detail, remedy }] : [];
  return all.map((e) => ({ ...e, field: e.field?.replace(/^(body|query|path)\./, "") }));
}
