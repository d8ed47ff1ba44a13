import { useMemo } from 'react';
import { Field, Select } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import { type Preset, presets, type ScheduleDraft, toCron, weekdays } from './schedule-draft.ts';
import { findOwnTimeZone, listTimeZones } from './zoned-time.ts';

type Props = { draft: ScheduleDraft; cronError?: string | undefined; onChange(changes: Partial<ScheduleDraft>): void };

/** How often and when: a preset with its one or two details, or a cron of one's own, in a time zone. */
export function ScheduleTimeFields({ draft, cronError, onChange }: Props) {
  const { preset, timeZone } = draft;
  const zones = useMemo(() => listTimeZones(findOwnTimeZone(), timeZone), [timeZone]);
  return (
    <>
      <Field label="How often">
        {(control) => (
          <Select
            {...control}
            value={preset}
            // One's own cron begins as what the preset meant.
            onChange={(event) => onChange({ preset: event.target.value as Preset, cron: toCron(draft) })}
          >
            {Object.entries(presets).map(([key, words]) => (
              <option key={key} value={key}>
                {words}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {preset === 'hourly' && (
        <Field label="Minute">
          {(control) => (
            <Select {...control} value={draft.minute} onChange={(event) => onChange({ minute: event.target.value })}>
              {Array.from({ length: 60 }, (_, minute) => String(minute)).map((minute) => (
                <option key={minute} value={minute}>
                  :{minute.padStart(2, '0')}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      {(preset === 'daily' || preset === 'weekly') && (
        <Field label="At">
          {(control) => (
            <Input {...control} type="time" required value={draft.time} onChange={(event) => onChange({ time: event.target.value })} />
          )}
        </Field>
      )}
      {preset === 'own' && (
        <Field label="Cron" hint="Minute, hour, day, month, weekday." error={cronError}>
          {(control) => <Input {...control} mono value={draft.cron} onChange={(event) => onChange({ cron: event.target.value })} />}
        </Field>
      )}
      {preset === 'weekly' && (
        <Field label="On">
          {(control) => (
            <Select {...control} value={draft.weekday} onChange={(event) => onChange({ weekday: event.target.value })}>
              {weekdays.map((name, weekday) => (
                <option key={name} value={weekday}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      <Field label="Time zone" className={preset === 'weekly' ? '' : 'col-span-2'}>
        {(control) => (
          <Select {...control} value={timeZone} onChange={(event) => onChange({ timeZone: event.target.value })}>
            {zones.map((zone) => (
              <option key={zone} value={zone}>
                {zone}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </>
  );
}
