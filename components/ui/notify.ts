import type { ReactNode } from 'react';

export type Notice = { tone?: 'plain' | 'attention' | 'broken'; detail?: ReactNode; action?: { label: string; run: () => void } };

/** Says a sentence in a toast. The toast's code is loaded when the first one is said. */
export function notify(sentence: string, { tone = 'plain', detail, action }: Notice = {}): void {
  void import('sonner').then(({ toast }) => {
    const options = {
      ...(detail === undefined ? {} : { description: detail }),
      ...(action === undefined ? {} : { action: { label: action.label, onClick: action.run } }),
    };
    if (tone === 'broken') toast.error(sentence, { ...options, duration: 10_000 });
    else if (tone === 'attention') toast.warning(sentence, options);
    else toast(sentence, options);
  });
}

/** Says what went wrong, with the engine's words and the request id where there are any. */
export function notifyProblem(error: unknown): void {
  const { message, detail, requestId } = (error ?? {}) as { message?: string; detail?: string; requestId?: string };
  const more = [detail, requestId && `Request ${requestId}`].filter(Boolean).join(' · ');
  notify(message ?? 'Something failed without saying why.', { tone: 'broken', ...(more === '' ? {} : { detail: more }) });
}
