import { Duration } from '#components/ui/quantity.tsx';
import { StatusMark } from '#components/ui/status-mark.tsx';
import type { StorageTest } from '#contract/resources/storage-target.ts';

const words = {
  write: { done: 'Written', failed: 'Not written', left: 'Not tried to write' },
  read: { done: 'Read back', failed: 'Not read back', left: 'Not tried to read' },
  delete: { done: 'Deleted', failed: 'Not deleted', left: 'Not tried to delete' },
} as const;

/** What a test of a target found: each of the three with its time, or why it failed. */
export function TestOutcome({ test, target }: { test: StorageTest; target: string }) {
  return (
    <ul aria-label={`Test of ${target}`} className="flex flex-wrap items-start gap-x-6 gap-y-1 py-1 text-12">
      {test.steps.map(({ name, milliseconds, fault }) => {
        const { done, failed, left } = words[name];
        if (fault === null && milliseconds === null)
          return (
            <li key={name}>
              <StatusMark tone="unknown" label={left} />
            </li>
          );
        if (fault === null)
          return (
            <li key={name} className="flex items-center gap-1.5">
              <StatusMark tone="healthy" label={done} /> <Duration ms={milliseconds} />
            </li>
          );
        return (
          <li key={name} className="min-w-0 basis-full">
            <StatusMark tone="broken" label={failed} />
            <p className="mt-0.5">{fault.sentence}</p>
            {fault.detail !== undefined && <pre className="num whitespace-pre-wrap break-words text-faint">{fault.detail}</pre>}
          </li>
        );
      })}
    </ul>
  );
}
