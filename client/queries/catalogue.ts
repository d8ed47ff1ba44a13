import { useQuery } from '@tanstack/react-query';
import { request } from '../api.ts';
import { keys } from '../keys.ts';

/** Datastore versions the host really has. */
export function useDatastoreVersions() {
  return useQuery({
    queryKey: keys.datastoreVersions,
    queryFn: ({ signal }) => request('listDatastoreVersions', { signal }),
    // Programs are installed without telling anybody.
    staleTime: 60_000,
  });
}

/** The control plane about itself; asked for again every two seconds while it is shown. */
export function useSystem() {
  return useQuery({
    queryKey: keys.system,
    queryFn: ({ signal }) => request('getSystem', { signal }),
    refetchInterval: 2000,
    staleTime: 0,
  });
}
