import type { useRouter } from 'next/navigation';

type Router = Pick<ReturnType<typeof useRouter>, 'prefetch'>;
type Kind = NonNullable<Parameters<Router['prefetch']>[1]>['kind'];

/** Fetches a page with its code, so that going there waits for neither. Of a page with an id in its address Next by itself fetches no code. */
export function fetchAhead(router: Router, href: string): void {
  router.prefetch(href, { kind: 'full' as Kind });
}
