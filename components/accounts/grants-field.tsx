'use client';
import { useState } from 'react';
import { Field, Input } from '#components/ui/field.tsx';
import type { GrantPreset } from '#contract/datastores/datastore.ts';
import { type DatastoreName, getDatastore } from '#contract/datastores/definitions.ts';
import type { Grant } from '#contract/grants.ts';
import { LevelsField } from './levels-field.tsx';
import { Tick } from './tick.tsx';

type Props = {
  datastore: DatastoreName;
  databases: readonly string[];
  chosen: readonly Grant[];
  /** Why a rule was not taken. */
  fault: string | undefined;
  onChange(chosen: Grant[]): void;
};

/** What a user may use: levels of rights in databases, or the presets of an engine that knows no rights for single databases. */
export function GrantsField({ datastore, databases, chosen, fault, onChange }: Props) {
  const { presets, names } = getDatastore(datastore);
  if (presets === undefined) return <LevelsField datastore={datastore} databases={databases} chosen={chosen} onChange={onChange} />;
  return <Presets {...{ presets, fault, onChange }} toGrant={names.toGrant} chosen={chosen.filter((grant) => typeof grant === 'string')} />;
}

type RulesProps = {
  chosen: readonly string[];
  fault: string | undefined;
  toGrant: ((typed: string) => string) | undefined;
  onChange(chosen: string[]): void;
};

function Presets({ presets, chosen, onChange, ...words }: RulesProps & { presets: readonly GrantPreset[] }) {
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
              <span className="shrink-0">{title}</span>
              <span className="min-w-0 text-muted">{meaning}</span>
            </Tick>
          ))}
        </div>
      </fieldset>
      <Rules {...words} chosen={rules} onChange={(next) => onChange([...without(chosen, rules), ...next])} />
    </>
  );
}

/** The engine's own rules beside the presets, in the order they hold. */
function Rules({ chosen, fault, toGrant = (typed) => typed, onChange }: RulesProps) {
  const [text, setText] = useState(chosen.join(' '));
  return (
    <Field
      label="Rules"
      error={fault}
      hint="With spaces between, such as ~cart:* %R~stock:* &news:* -@write +incr. Keys: ~ both, %R~ read, %W~ write. Channels: &. Commands and their kinds: + gives, - takes, later ones win. Without keys or channels: all of them."
    >
      {(control) => (
        <Input
          {...control}
          mono
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            onChange(event.target.value.split(/\s+/).filter(Boolean).map(toGrant));
          }}
        />
      )}
    </Field>
  );
}

function without(all: readonly string[], some: readonly string[]): string[] {
  return all.filter((item) => !some.includes(item));
}
