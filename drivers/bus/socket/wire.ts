import type { Fault } from '#contract/errors.ts';

/** Namespace /guests, both directions; acknowledgements carry the answers. Protocol 1. */
export const guestNamespace = '/guests';
export type CallRequest = { name: string; input: unknown; deadlineMs: number };
export type CallAnswer = { ok: true; output: unknown } | { ok: false; fault: Fault };
