import { toApiProblem } from '#client/problem.ts';

/** Why a form was not taken: the sentence and the engine's own words. Nothing when there is no error. */
export function FaultNote({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  const problem = toApiProblem(error);
  return (
    <div ref={show} role="alert" className="break-words rounded-control border border-line bg-broken-soft px-3 py-2 text-broken">
      {problem.message}
      {problem.detail !== undefined && <pre className="num mt-1 whitespace-pre-wrap break-words text-12 text-fg">{problem.detail}</pre>}
    </div>
  );
}

/** At the end of a long form it would come up unseen. */
function show(note: HTMLElement | null): void {
  note?.scrollIntoView?.({ block: 'nearest' });
}
