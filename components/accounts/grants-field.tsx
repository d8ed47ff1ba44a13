'use client';
import { useState } from 'react';
import { Field } from '#components/ui/field.tsx';
import { Input } from '#components/ui/input.tsx';
import type { DatastoreDetails, GrantPreset } from '#contract/datastores/datastore.ts';
import { type DatastoreName, getDatastore } from '#contract/datastores/definitions.ts';
import { getDetailedDatastore } from '#contract/datastores/details.ts';
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
  const { presets } = getDatastore(datastore);
  if (presets === undefined) return <LevelsField datastore={datastore} databases={databases} chosen={chosen} onChange={onChange} />;
  return <Presets {...{ datastore, presets, fault, onChange }} chosen={chosen.filter((grant) => typeof grant === 'string')} />;
}

type PresetsProps = Pick<Props, 'datastore' | 'fault'> & {
  presets: readonly GrantPreset[];
  chosen: readonly string[];
  onChange(chosen: string[]): void;
};

function Presets({ datastore, presets, chosen, fault, onChange }: PresetsProps) {
  const typed = getDetailedDatastore(datastore).rules;
  const rules = chosen.filter((grant) => presets.every(({ key }) => key !== grant));
  return (
    <>
      <fieldset>
        <legend className="mb-1 font-medium">May use</legend>
        <div className="rounded-control border border-line">
          {presets.map(({ key, title, meaning }) => (
            <Tick
              key={key}
              className="min-h-8 px-3 py-1 hover:bg-hover max-md:min-h-11"
              checked={chosen.includes(key)}
              onChange={(checked) => onChange(checked ? [...chosen, key] : without(chosen, [key]))}
            >
              <span className="min-w-24 shrink-0">{title}</span>
              <span className="min-w-0 text-muted">{meaning}</span>
            </Tick>
          ))}
        </div>
      </fieldset>
      {typed !== undefined && (
        <Rules {...typed} {...{ fault }} chosen={rules} onChange={(next) => onChange([...without(chosen, rules), ...next])} />
      )}
    </>
  );
}

type RulesWords = NonNullable<DatastoreDetails['rules']>;

/** The engine's own rules beside the presets, in the order they hold. */
function Rules({ hint, toGrant, chosen, fault, onChange }: RulesWords & Pick<PresetsProps, 'chosen' | 'fault' | 'onChange'>) {
  const [text, setText] = useState(chosen.join(' '));
  return (
    <Field label="Rules" error={fault} hint={hint}>
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
