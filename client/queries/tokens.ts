import { useMutation, useQuery } from '@tanstack/react-query';
import type { EndpointBodyInput } from '#contract/api.ts';
import { request } from '../api.ts';
import { useBrowser } from '../browser.ts';
import { keys } from '../keys.ts';

export function useTokens() {
  return useQuery({ queryKey: keys.tokens, queryFn: ({ signal }) => request('listTokens', { signal }) });
}

export function useTokenChanges() {
  const { queries } = useBrowser();
  const settle = { onSettled: () => queries.invalidateQueries({ queryKey: keys.tokens }) };
  return {
    create: useMutation({ mutationFn: (body: EndpointBodyInput<'createToken'>) => request('createToken', { body }), ...settle }),
    remove: useMutation({ mutationFn: (tokenId: string) => request('deleteToken', { path: { tokenId } }), ...settle }),
  };
}
