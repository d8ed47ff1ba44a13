import * as z from 'zod';

/** Every error code that crosses a boundary, with the HTTP status it travels under. Codes are for machines; sentences are made where the fault is known. */
export const errorCodes = {
  'invalid-input': 400,
  'not-signed-in': 401,
  'wrong-credentials': 401,
  'not-allowed': 403,
  'foreign-origin': 403,
  'not-found': 404,
  conflict: 409,
  refused: 409,
  busy: 409,
  'name-taken': 409,
  'idempotency-key-reused': 409,
  'confirmation-mismatch': 422,
  'too-many-attempts': 429,
  'agent-unreachable': 503,
  'agent-timeout': 504,
  'agent-refused': 409,
  'engine-error': 502,
  'engine-unavailable': 503,
  'version-unavailable': 409,
  'no-port-free': 503,
  'volume-full': 409,
  'quota-exceeded': 413,
  'backup-damaged': 409,
  'store-away': 503,
  'storage-error': 502,
  'storage-away': 503,
  'step-failed': 500,
  'operation-lost': 500,
  'deadline-passed': 504,
  'stale-epoch': 409,
  'protocol-unsupported': 426,
  'not-implemented': 501,
  internal: 500,
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** An error made where the fault is known: a code for machines, a sentence for people, the input field where there is one. */
export class GuestboardError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;
  /** The engine's or system's own words, shown beside the sentence. */
  readonly detail: string | undefined;

  constructor(code: ErrorCode, sentence: string, extra: { field?: string | undefined; detail?: string | undefined; cause?: unknown } = {}) {
    super(sentence, extra.cause === undefined ? undefined : { cause: extra.cause });
    this.name = 'GuestboardError';
    this.code = code;
    this.field = extra.field;
    this.detail = extra.detail;
  }
}

/** What a person or a program sees of an error, also stored with a failed operation. */
export const Fault = z.object({
  code: z.enum(Object.keys(errorCodes) as [ErrorCode, ...ErrorCode[]]),
  sentence: z.string(),
  field: z.string().optional(),
  detail: z.string().optional(),
});
export type Fault = z.infer<typeof Fault>;

/** RFC 9457 problem document: the body of every REST error, media type application/problem+json. */
export const Problem = z.object({
  type: z.string(),
  status: z.number().int(),
  title: z.string(),
  code: Fault.shape.code,
  detail: z.string().optional(),
  field: z.string().optional(),
  requestId: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;

export function toFault(error: unknown): Fault {
  if (error instanceof GuestboardError) {
    return {
      code: error.code,
      sentence: error.message,
      ...(error.field === undefined ? {} : { field: error.field }),
      ...(error.detail === undefined ? {} : { detail: error.detail }),
    };
  }
  return {
    code: 'internal',
    sentence: 'Guestboard met a fault of its own.',
    detail: error instanceof Error ? error.message : String(error),
  };
}

export function toError(fault: Fault): GuestboardError {
  return new GuestboardError(fault.code, fault.sentence, { field: fault.field, detail: fault.detail });
}
