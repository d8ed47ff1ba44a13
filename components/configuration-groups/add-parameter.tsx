import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/field.tsx';
import type { DetailedDatastore } from '#contract/datastores/datastore.ts';

/** Chooses among the parameters the datastore knows and the group does not have yet: no other can be named. */
export function AddParameter({
  definition,
  taken,
  onAdd,
}: {
  definition: DetailedDatastore;
  taken: readonly string[];
  onAdd(key: string): void;
}) {
  const [key, setKey] = useState('');
  const left = Object.entries(definition.parameters).filter(([name]) => !taken.includes(name));
  if (left.length === 0) return <p className="text-12 text-faint">Every parameter that may be set is in this group.</p>;
  return (
    <div className="flex flex-wrap gap-2">
      <Select
        aria-label="Parameter to add"
        className="sm:w-auto! sm:max-w-100"
        value={key}
        onChange={(event) => setKey(event.target.value)}
      >
        <option value="">Choose a parameter…</option>
        {left.map(([name, parameter]) => (
          <option key={name} value={name}>
            {name} – {parameter.title}
          </option>
        ))}
      </Select>
      <Button
        icon={Plus}
        refusal={key === '' ? 'Choose a parameter first.' : null}
        onClick={() => {
          onAdd(key);
          setKey('');
        }}
      >
        Add parameter
      </Button>
    </div>
  );
}
