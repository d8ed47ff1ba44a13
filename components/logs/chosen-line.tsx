import { Link2, X } from 'lucide-react';
import { Button } from '#components/ui/button.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { ExactTime } from '#components/ui/relative-time.tsx';
import type { LogLine } from '#contract/resources/log.ts';

type ChosenLineProps = { line: LogLine | null; gone: boolean; onAround(at: string): void; onClear(): void };

/** What can be done with the line the URL names; `gone` when it was looked for and is not there. */
export function ChosenLine({ line, gone, onAround, onClear }: ChosenLineProps) {
  const at = line?.at ?? null;
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-line border-b bg-accent-soft/60 px-3 py-1.5 text-12">
      <Link2 size={14} aria-hidden className="text-muted" />
      <span className="grow">
        {at === null ? (
          gone ? (
            'The linked line is not here: it was rotated away, or the filter leaves it out.'
          ) : (
            'One line is linked.'
          )
        ) : (
          <>
            Line of <ExactTime at={at} />
          </>
        )}
      </span>
      <CopyButton text={() => Promise.resolve(window.location.href)}>Copy link</CopyButton>
      {at !== null && (
        <Button size="sm" onClick={() => onAround(at)}>
          Around this moment
        </Button>
      )}
      <Button look="quiet" size="sm" icon={X} label="Leave the line" onClick={onClear} />
    </div>
  );
}
