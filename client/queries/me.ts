import { useQuery } from '@tanstack/react-query';
import type { Actor } from '#contract/actor.ts';
import type { Me } from '#contract/resources/project.ts';
import { type Action, explainDenial } from '#contract/rights.ts';
import { request } from '../api.ts';
import { keys } from '../keys.ts';

export function useMe() {
  return useQuery({
    queryKey: keys.me,
    queryFn: ({ signal }) => request('getMe', { signal }),
    // Nothing may be done by somebody unknown, and no part of a page offers to ask again who it is.
    refetchInterval: ({ state }) => (state.data === undefined && state.status === 'error' ? 5000 : false),
  });
}

/** The signed-in person as may() and refuse() want them; null until known. */
export function useActor(): Actor | null {
  const { data } = useMe();
  return data === undefined ? null : toActor(data);
}

export function toActor(me: Me): Actor {
  const memberships = me.memberships.map(({ projectId, role }) => ({ projectId, role }));
  return { accountId: me.accountId, name: me.name, operator: me.operator, memberships, tokenId: null };
}

/** Why an action is closed to the person, as a sentence; null when it is open or not known yet. */
export function useDenial(action: Action, projectId: string | null): string | null {
  const actor = useActor();
  return actor === null ? null : explainDenial(actor, action, projectId === null ? null : { projectId });
}
