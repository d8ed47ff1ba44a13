import { useMutation, useQuery } from '@tanstack/react-query';
import type { EndpointBodyInput } from '#contract/api.ts';
import type { ProjectRole } from '#contract/may.ts';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';

export function useMembers(projectId: string) {
  return useQuery({ queryKey: keys.members(projectId), queryFn: ({ signal }) => request('listMembers', { path: { projectId }, signal }) });
}

export function useInvitations(projectId: string, options: { enabled: boolean }) {
  return useQuery({
    queryKey: keys.invitations(projectId),
    enabled: options.enabled,
    queryFn: ({ signal }) => request('listInvitations', { path: { projectId }, signal }),
  });
}

export function useMemberChanges(projectId: string) {
  const { queries } = useBrowser();
  const settle = {
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: keys.members(projectId) }),
        queries.invalidateQueries({ queryKey: keys.invitations(projectId) }),
        queries.invalidateQueries({ queryKey: keys.projects }),
      ]),
  };
  return {
    changeRole: useMutation({
      mutationFn: ({ memberId, role }: { memberId: string; role: ProjectRole }) =>
        request('changeMemberRole', { path: { projectId, memberId }, body: { role } }),
      ...settle,
    }),
    remove: useMutation({ mutationFn: (memberId: string) => request('removeMember', { path: { projectId, memberId } }), ...settle }),
    invite: useMutation({
      mutationFn: (body: EndpointBodyInput<'createInvitation'>) => request('createInvitation', { path: { projectId }, body }),
      ...settle,
    }),
    withdraw: useMutation({
      mutationFn: (invitationId: string) => request('deleteInvitation', { path: { projectId, invitationId } }),
      ...settle,
    }),
  };
}
