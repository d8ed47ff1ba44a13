'use client';
import { useState } from 'react';
import { Field, Input } from '#components/ui/field.tsx';
import type { GrantPreset } from '#contract/datastores/datastore.ts';
import { type DatastoreName, getDatastore } from '#contract/datastores/definitions.ts';
import type { Grant } from '#contract/grants.ts';
import { LevelsField } from './levels-field.tsx';
import { Tick } from './tick.tsx';

type Props = { datastore: DatastoreName; databases: readonly string[]; chosen: readonly Grant[]; onChange(chosen: Grant[]): void };

/** What a user may use: levels of rights in databases, or the presets of an engine that knows no rights for single databases. */
export function GrantsField({ datastore, databases, chosen, onChange }: Props) {
  const { presets } = getDatastore(datastore);
  if (presets === undefined) return <LevelsField datastore={datastore} databases={databases} chosen={chosen} onChange={onChange} />;
  return <Presets presets={presets} chosen={chosen.filter((grant) => typeof grant === 'string')} onChange={onChange} />;
}

type PresetsProps = { presets: readonly GrantPreset[]; chosen: readonly string[]; onChange(chosen: string[]): void };

function Presets({ presets, chosen, onChange }: PresetsProps) {
  const rules = chosen.filter((grant) => presets.every(({ key }) => key !== grant));
  return (
    <>
      <fieldset>
        <legend className="mb-1 font-medium">May use</legend>
        <div className="rounded-control border border-line">
          {presets.map(({ key, title, meaning }) => (
            <Tick
              key={key}
              className="min-h-8 px-3 hover:bg-hover max-md:min-h-11"
              checked={chosen.includes(key)}
              onChange={(checked) => onChange(checked ? [...chosen, key] : without(chosen, [key]))}
            >
              <span className="min-w-0 truncate whitespace-pre">{title}</span>
              <span className="min-w-0 text-muted">{meaning}</span>
            </Tick>
          ))}
        </div>
      </fieldset>
      <Rules chosen={rules} onChange={(next) => onChange([...without(chosen, rules), ...next])} />
    </>
  );
}

/** The engine's own rules beside the presets, in the order they hold; what bears no mark is a pattern of keys. */
function Rules({ chosen, onChange }: { chosen: readonly string[]; onChange(rules: string[]): void }) {
  const [text, setText] = useState(chosen.join(' '));
  return (
    <Field
      label="Rules"
      hint="With spaces between, such as ~cart:* %R~stock:* &news:* -@write +incr. Keys: ~ both, %R~ read, %W~ write. Channels: &. Commands and their kinds: + gives, - takes, later ones win. Without keys or channels: all of them."
    >
      {(control) => (
        <Input
          {...control}
          mono
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            onChange(
              event.target.value
                .split(/\s+/)
                .filter(Boolean)
                .map((rule) => (/^[~%&+-]/.test(rule) ? rule : `~${rule}`)),
            );
          }}
        />
      )}
    </Field>
  );
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((item) => !some.includes(item));
}
