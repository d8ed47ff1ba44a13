import { TriangleAlert, X } from 'lucide-react';
import { useId } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import type { DetailedDatastore } from '#contract/datastores/datastore.ts';
import { describeRange, ParameterControl } from './parameter-control.tsx';
import { type Draft, findParameter } from './parameter-draft.ts';

type Props = {
  definition: DetailedDatastore;
  draft: Draft;
  saved: Draft;
  faults: Readonly<Record<string, string>>;
  refusal: string | null;
  onChange(key: string, value: string | null): void;
};

/** One line a parameter: what it is, its value, and what is wrong with it. */
export function ParameterRows({ definition, draft, saved, faults, refusal, onChange }: Props) {
  return (
    <ul className="divide-y divide-line">
      {Object.keys(draft).map((key) => (
        <ParameterRow
          key={key}
          name={key}
          definition={definition}
          value={draft[key] ?? ''}
          changed={saved[key] !== draft[key]}
          fault={faults[key]}
          refusal={refusal}
          onChange={(value) => onChange(key, value)}
        />
      ))}
    </ul>
  );
}

type RowProps = Pick<Props, 'definition' | 'refusal'> & {
  name: string;
  value: string;
  changed: boolean;
  fault: string | undefined;
  onChange(value: string | null): void;
};

function ParameterRow({ name, definition, value, changed, fault, refusal, onChange }: RowProps) {
  const id = useId();
  const parameter = findParameter(definition, name);
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-1.5 px-4 py-2.5 sm:grid-cols-[minmax(0,1fr)_minmax(180px,240px)_auto]">
      <div className="min-w-0">
        <label htmlFor={id} className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="num break-all">{name}</span>
          {parameter?.needsRestart && <Chip tone="attention">needs restart</Chip>}
          {changed && <Chip tone="accent">not saved</Chip>}
        </label>
        <p id={`${id}-says`} className="text-12 text-muted">
          {fault !== undefined ? (
            <span className="text-broken">{fault}</span>
          ) : (
            parameter !== undefined && (
              <>
                {parameter.title} · {describeRange(parameter)}
              </>
            )
          )}
        </p>
        {parameter?.warning !== undefined && (
          <p className="mt-1 flex gap-1.5 text-12 text-attention">
            <TriangleAlert size={14} strokeWidth={1.5} aria-hidden className="mt-0.5 shrink-0" />
            {parameter.warning}
          </p>
        )}
      </div>
      <div className="max-sm:order-last max-sm:col-span-2">
        {parameter === undefined || refusal !== null ? (
          <span className="num flex min-h-8 items-center break-all">
            {parameter?.type === 'boolean' ? (value === 'true' ? 'on' : 'off') : value}
          </span>
        ) : (
          <ParameterControl
            id={id}
            label={name}
            parameter={parameter}
            value={value}
            wrong={fault !== undefined}
            describedBy={`${id}-says`}
            onChange={onChange}
          />
        )}
      </div>
      {refusal === null && <Button look="quiet" size="sm" icon={X} label={`Take out ${name}`} onClick={() => onChange(null)} />}
    </li>
  );
}
