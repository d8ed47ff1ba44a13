/** What stands in a page's place when drawing it failed. Plain, since every page carries it along. */
export function PageFault({ error, reset }: { error: Error; reset(): void }) {
  return (
    <div role="alert" className="flex flex-col items-center px-6 py-14 text-center">
      <h1 className="text-14 font-semibold">This page cannot be drawn</h1>
      <p className="mt-2 max-w-140 text-muted">The databases go on running. If trying again does not help, reload the page.</p>
      <p className="num mt-2 max-w-140 break-words text-12 text-muted">{error.message}</p>
      <button type="button" onClick={reset} className="mt-4 h-8 rounded-control border border-line bg-panel px-3 hover:bg-hover">
        Try again
      </button>
    </div>
  );
}
