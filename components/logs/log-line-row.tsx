import { clsx } from 'clsx';
import { memo, type ReactNode } from 'react';
import { formatTime } from '#client/format.ts';
import type { LogLevel, LogLine } from '#contract/resources/log.ts';

/** One line: its level as an edge and a word, its time of day as a link to itself, and the text. The whole time is in the title. */
export const LogLineRow = memo(function LogLineRow({
  line,
  wrap,
  text,
  chosen,
}: {
  line: LogLine;
  wrap: boolean;
  text: string;
  chosen: boolean;
}) {
  const { edge, word } = levelLooks[line.level];
  return (
    <div
      className={clsx(
        'flex gap-2 border-l-2 py-0.5 pr-4 pl-2 sm:gap-3 hover:bg-hover/60',
        edge,
        chosen && 'bg-accent-soft',
        !wrap && 'whitespace-pre',
      )}
    >
      <a
        href={`#${line.position}`}
        title={line.at ?? undefined}
        className={clsx('-my-0.5 shrink-0 whitespace-pre py-0.5 hover:text-fg hover:underline', chosen ? 'text-muted' : 'text-faint')}
      >
        {line.at === null ? '–'.padEnd(8) : formatTime(line.at)}
        <span className="max-sm:hidden">{line.at === null ? '    ' : `.${line.at.slice(20, 23).padEnd(3, '0')}`}</span>
      </a>
      <span className={clsx('w-14 shrink-0', word)}>{line.level}</span>
      <span className={clsx('min-w-0', wrap && 'whitespace-pre-wrap break-words [overflow-wrap:anywhere]')}>
        {mark(line.text, text)}
        {line.truncated && <span className="ml-2 rounded bg-attention-soft px-1 text-attention">cut at 64 kB</span>}
      </span>
    </div>
  );
});

export const levelLooks: Record<LogLevel, { edge: string; word: string }> = {
  debug: { edge: 'border-transparent', word: 'text-faint' },
  info: { edge: 'border-transparent', word: 'text-faint' },
  warning: { edge: 'border-attention', word: 'text-attention' },
  error: { edge: 'border-broken', word: 'text-broken' },
  fatal: { edge: 'border-broken bg-broken-soft/50', word: 'font-semibold text-broken' },
};

function mark(line: string, text: string): ReactNode {
  if (text === '') return line;
  const parts: ReactNode[] = [];
  const low = line.toLowerCase();
  const wanted = text.toLowerCase();
  let from = 0;
  for (let at = low.indexOf(wanted); at >= 0 && parts.length < 200; at = low.indexOf(wanted, from)) {
    parts.push(
      line.slice(from, at),
      <mark key={at} className="rounded-sm bg-attention-soft text-fg">
        {line.slice(at, at + wanted.length)}
      </mark>,
    );
    from = at + wanted.length;
  }
  return [...parts, line.slice(from)];
}
