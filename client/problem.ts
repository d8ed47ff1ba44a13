import type { ErrorCode, Problem } from '#contract/errors.ts';

/** What an endpoint answered instead of its output. `message` is a sentence for people; `code` is for the page. */
export class ApiProblem extends Error {
  readonly code: ErrorCode | 'unreachable';
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** The input field at fault, as a path such as "users.0.name". */
  readonly field: string | undefined;
  /** The engine's or system's own words. */
  readonly detail: string | undefined;
  readonly requestId: string | undefined;

  constructor(problem: Partial<Omit<Problem, 'code'>> & { title: string; code: ErrorCode | 'unreachable' }) {
    super(problem.title);
    this.name = 'ApiProblem';
    this.code = problem.code;
    this.status = problem.status ?? 0;
    this.field = problem.field;
    this.detail = problem.detail;
    this.requestId = problem.requestId;
  }
}

/** Any thrown thing as a problem the page can show. */
export function toApiProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiProblem({ code: 'internal', title: 'The page met a fault of its own.', detail });
}
