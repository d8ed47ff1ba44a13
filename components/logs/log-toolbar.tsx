'use client';
import { Download, Search, WrapText } from 'lucide-react';
import { useEffect, useState } from 'react';
import { openLogDownload } from '#client/queries/logs.ts';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { notifyProblem } from '#components/ui/notify.ts';
import { Switch } from '#components/ui/switch.tsx';
import { type LogFile, LogLevel } from '#contract/resources/log.ts';
import { type LogFilter, type LogRange, logRanges } from './log-filter.ts';
import { LogTimeDialog } from './log-time-dialog.tsx';
import { Segment } from './segment.tsx';

export type LogToolbarProps = {
  instanceId: string;
  files: readonly LogFile[];
  name: string;
  filter: LogFilter;
  onFilter(change: Partial<LogFilter>): void;
  following: boolean;
  onFollowing(following: boolean): void;
  wrap: boolean;
  onWrap(wrap: boolean): void;
};

/** What is shown of the log: file, words, levels, time; all of it in the URL. */
export function LogToolbar({ instanceId, files, name, filter, onFilter, following, onFollowing, wrap, onWrap }: LogToolbarProps) {
  const [text, setText] = useState(filter.text);
  const [asksTime, setAsksTime] = useState(false);
  useEffect(() => setText(filter.text), [filter.text]);
  useEffect(() => {
    if (text === filter.text) return;
    const timer = setTimeout(() => onFilter({ text }), 250);
    return () => clearTimeout(timer);
  }, [text, filter.text, onFilter]);
  const exact = filter.from !== null || filter.to !== null;

  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-line border-b px-3 py-2">
      {files.length > 1 && (
        <Select
          aria-label="Log file"
          className="w-auto! max-sm:grow"
          value={name}
          onChange={(event) => onFilter({ name: event.target.value })}
        >
          {files.map((file) => (
            <option key={file.name} value={file.name}>
              {file.title}
            </option>
          ))}
        </Select>
      )}
      <div className="relative min-w-40 grow max-sm:-order-1 max-sm:basis-full sm:max-w-80">
        <Search size={14} aria-hidden className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-faint" />
        <Input
          type="search"
          aria-label="Only lines with this text"
          placeholder="Only lines with…"
          maxLength={200}
          className="pl-8"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <Segment
        className="max-sm:order-1"
        label="Levels"
        options={LogLevel.options.map((level) => ({ key: level, title: level }))}
        chosen={filter.levels}
        onChange={(levels) => onFilter({ levels: LogLevel.options.filter((level) => levels.includes(level)) })}
      />
      <Select
        aria-label="Time range"
        className="w-auto! max-sm:grow"
        value={exact ? 'exact' : (filter.range ?? '')}
        onChange={(event) => {
          if (event.target.value === 'exact') setAsksTime(true);
          else onFilter({ range: (event.target.value || null) as LogRange | null, from: null, to: null });
        }}
      >
        <option value="">Any time</option>
        {Object.entries(logRanges).map(([key, range]) => (
          <option key={key} value={key}>
            {range.title}
          </option>
        ))}
        <option value="exact">From … to …</option>
      </Select>
      <div className="ml-auto flex items-center gap-3 max-sm:order-1">
        <Switch checked={following} onChange={onFollowing}>
          Follow
        </Switch>
        <Button size="sm" icon={WrapText} aria-pressed={wrap} className={wrap ? 'bg-accent-soft!' : ''} onClick={() => onWrap(!wrap)}>
          Wrap
        </Button>
        <Button
          size="sm"
          icon={Download}
          onClick={() => openLogDownload(instanceId, name).then((url) => window.location.assign(url), notifyProblem)}
        >
          Download
        </Button>
      </div>
      <LogTimeDialog open={asksTime} onOpenChange={setAsksTime} filter={filter} onFilter={onFilter} />
    </div>
  );
}
