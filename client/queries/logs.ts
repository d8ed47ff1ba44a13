import { useQuery } from '@tanstack/react-query';
import type { EndpointQueryInput } from '#contract/api.ts';
import { endpointUrl, request } from '../api.ts';
import { keys } from '../keys.ts';

export function useLogs(instanceId: string) {
  return useQuery({
    queryKey: keys.logs(instanceId),
    queryFn: ({ signal }) => request('listLogs', { path: { instanceId }, signal }),
    staleTime: 10_000,
  });
}

/** One page of lines, for a viewer that keeps its own lines; `before` and `after` page on. */
export function readLog(instanceId: string, name: string, query: NonNullable<EndpointQueryInput<'readLog'>>, signal?: AbortSignal) {
  return request('readLog', { path: { instanceId, name }, query, ...(signal === undefined ? {} : { signal }) });
}

/** Where a log is taken from, once its agent has answered: a browser sent there shows a refusal as a page of its own. */
export async function openLogDownload(instanceId: string, name: string): Promise<string> {
  await request('listLogs', { path: { instanceId } });
  return endpointUrl('downloadLog', { instanceId, name });
}
