import { useQuery } from '@tanstack/react-query';
import { request } from '../api.ts';
import { keys } from '../keys.ts';

export function useProjects() {
  return useQuery({ queryKey: keys.projects, queryFn: ({ signal }) => request('listProjects', { signal }) });
}
