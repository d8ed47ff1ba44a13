import { useMutation, useQuery } from '@tanstack/react-query';
import type { EndpointBodyInput } from '#contract/api.ts';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';

/** Databases, users and root live in the engine: asked for again when shown, and when an event tells that somebody here changed them. */
const asked = { staleTime: 0, refetchOnMount: 'always' } as const;

export function useDatabases(instanceId: string) {
  return useQuery({
    queryKey: keys.databases(instanceId),
    queryFn: ({ signal }) => request('listDatabases', { path: { instanceId }, signal }),
    ...asked,
  });
}

export function useUsers(instanceId: string) {
  return useQuery({
    queryKey: keys.users(instanceId),
    queryFn: ({ signal }) => request('listUsers', { path: { instanceId }, signal }),
    ...asked,
  });
}

export function useRoot(instanceId: string) {
  return useQuery({
    queryKey: keys.root(instanceId),
    queryFn: ({ signal }) => request('getRoot', { path: { instanceId }, signal }),
    ...asked,
  });
}

export function useDatabaseChanges(instanceId: string) {
  const { queries } = useBrowser();
  const settle = {
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: keys.databases(instanceId) }),
        queries.invalidateQueries({ queryKey: keys.users(instanceId) }),
      ]),
  };
  return {
    create: useMutation({
      mutationFn: (body: EndpointBodyInput<'createDatabase'>) => request('createDatabase', { path: { instanceId }, body }),
      ...settle,
    }),
    setOwner: useMutation({
      mutationFn: ({ name, owner }: { name: string } & EndpointBodyInput<'setDatabaseOwner'>) =>
        request('setDatabaseOwner', { path: { instanceId, name }, body: { owner } }),
      ...settle,
    }),
    drop: useMutation({ mutationFn: (name: string) => request('dropDatabase', { path: { instanceId, name } }), ...settle }),
  };
}

export function useUserChanges(instanceId: string) {
  const { queries } = useBrowser();
  const settle = { onSettled: () => queries.invalidateQueries({ queryKey: keys.users(instanceId) }) };
  const settleRoot = {
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: keys.root(instanceId) }),
        queries.invalidateQueries({ queryKey: keys.users(instanceId) }),
      ]),
  };
  return {
    create: useMutation({
      mutationFn: (body: EndpointBodyInput<'createUser'>) => request('createUser', { path: { instanceId }, body }),
      ...settle,
    }),
    drop: useMutation({ mutationFn: (name: string) => request('dropUser', { path: { instanceId, name } }), ...settle }),
    setPassword: useMutation({
      mutationFn: ({ name, ...body }: { name: string } & EndpointBodyInput<'setUserPassword'>) =>
        request('setUserPassword', { path: { instanceId, name }, body }),
      ...settle,
    }),
    setGrants: useMutation({
      mutationFn: ({ name, grants }: { name: string } & EndpointBodyInput<'setUserGrants'>) =>
        request('setUserGrants', { path: { instanceId, name }, body: { grants } }),
      ...settle,
    }),
    enableRoot: useMutation({ mutationFn: () => request('enableRoot', { path: { instanceId } }), ...settleRoot }),
    disableRoot: useMutation({ mutationFn: () => request('disableRoot', { path: { instanceId } }), ...settleRoot }),
    reveal: useMutation({ mutationFn: (user: string) => request('revealPassword', { path: { instanceId }, body: { user } }) }),
  };
}
