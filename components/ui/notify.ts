import type { ReactNode } from 'react';
import { createStore } from '#client/store.ts';

export type Notice = { tone?: 'plain' | 'attention' | 'broken'; detail?: ReactNode; action?: { label: string; run: () => void } };
export type Said = Notice & { sentence: string };

/** What was said and not yet shown: the code of toasts is loaded when the first one is. */
export const saidNotices = createStore<readonly Said[]>([]);

/** Says a sentence in a toast. */
export function notify(sentence: string, notice: Notice = {}): void {
  saidNotices.set([...saidNotices.get(), { sentence, ...notice }]);
}

export const unfetched = 'This part of the page cannot be fetched from the control plane now. If that lasts, reload the page.';

/** For what is loaded when it is first used: the page stays, and the next use asks again. */
export function notifyUnfetched(): void {
  notify(unfetched, { tone: 'attention' });
}

/** Says what went wrong, with the engine's words and the request id where there are any. */
export function notifyProblem(error: unknown): void {
  const { message, detail, requestId } = (error ?? {}) as { message?: string; detail?: string; requestId?: string };
  const more = [detail, requestId && `Request ${requestId}`].filter(Boolean).join(' · ');
  notify(message ?? 'Something failed without saying why.', { tone: 'broken', ...(more === '' ? {} : { detail: more }) });
}
