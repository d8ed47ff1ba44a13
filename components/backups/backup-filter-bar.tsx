import { Select } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import type { Backup } from '#contract/resources/backup.ts';
import { type BackupFilter, choices, listOwners } from './backup-filter.ts';

export type BackupFilterBarProps = { backups: readonly Backup[]; filter: BackupFilter; onChange(change: Partial<BackupFilter>): void };

/** A text and four choices; engines and instances are those that have backups. */
export function BackupFilterBar({ backups, filter, onChange }: BackupFilterBarProps) {
  return (
    <div className="flex flex-wrap gap-2">
      <Input
        type="search"
        aria-label="Only backups with this text in their name, instance or maker"
        placeholder="Name, instance or maker"
        className="w-60! max-sm:w-full!"
        value={filter.text}
        onChange={(event) => onChange({ text: event.target.value })}
      />
      <Options label="State" any="Any state" value={filter.state} options={choices.state} onChange={(state) => onChange({ state })} />
      <Options
        label="Engine"
        any="Any engine"
        value={filter.engine}
        options={choices.engine.filter(([key]) => backups.some(({ datastore }) => datastore === key))}
        onChange={(engine) => onChange({ engine })}
      />
      <Options
        label="Instance"
        any="Any instance"
        value={filter.instance}
        options={listOwners(backups).map(({ key, name }) => [key, name])}
        onChange={(instance) => onChange({ instance })}
      />
      <Options label="Kind" any="Any kind" value={filter.kind} options={choices.kind} onChange={(kind) => onChange({ kind })} />
    </div>
  );
}

type OptionsProps = {
  label: string;
  any: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onChange(value: string): void;
};

function Options({ label, any, value, options, onChange }: OptionsProps) {
  return (
    <Select aria-label={label} className="w-36! max-sm:w-[calc(50%-4px)]!" value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{any}</option>
      {/* What the address names stays chosen, also when nothing is of it any more. */}
      {value !== '' && !options.some(([key]) => key === value) && <option value={value}>{value}</option>}
      {options.map(([key, words]) => (
        <option key={key} value={key}>
          {words}
        </option>
      ))}
    </Select>
  );
}
