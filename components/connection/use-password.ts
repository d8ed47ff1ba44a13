'use client';
import { useCallback, useEffect, useState } from 'react';
import { type ApiProblem, toApiProblem } from '#client/problem.ts';
import { useUserChanges } from '#client/queries/accounts.ts';
import { useDenial } from '#client/queries/me.ts';
import type { Instance } from '#contract/resources/instance.ts';

export type RevealedPassword = {
  /** The password while it is shown, else null. */
  shown: string | null;
  busy: boolean;
  refusal: string | null;
  problem: ApiProblem | null;
  show(): void;
  hide(): void;
  /** Fetches it for the clipboard without showing it. Each fetch is written down as an event. */
  fetch(): Promise<string>;
};

const shownForMs = 60_000;

export function usePassword(instance: Instance, user: string | null): RevealedPassword {
  const { mutateAsync, isPending, error } = useUserChanges(instance.id).reveal;
  const denial = useDenial('secret.reveal', instance.projectId);
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    if (shown === null) return;
    const timer = setTimeout(() => setShown(null), shownForMs);
    return () => clearTimeout(timer);
  }, [shown]);
  const fetch = useCallback(async () => (await mutateAsync(user ?? '')).password, [mutateAsync, user]);
  return {
    shown,
    busy: isPending,
    refusal: denial ?? (user === null ? 'No user was created with this instance.' : null),
    problem: error === null ? null : toApiProblem(error),
    show: () => {
      fetch().then(setShown, () => setShown(null));
    },
    hide: () => setShown(null),
    fetch,
  };
}
