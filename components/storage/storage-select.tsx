import { useStorageTargets } from '#client/queries/storage-targets.ts';
import { type ControlProps, Select } from '#components/ui/field.tsx';
import type { StorageTarget } from '#contract/resources/storage-target.ts';
import { targetKinds } from './target-kinds.ts';

type Props = { control: ControlProps; projectId: string; value: string; onChange(value: string): void };

/** Where full backups go: the project's default, which is what is chosen unless somebody does, or one place for good. */
export function StorageSelect({ control, projectId, value, onChange }: Props) {
  const targets = useStorageTargets().data?.items.filter((target) => target.projectId === projectId);
  const standard = targets?.find(({ isDefault }) => isDefault);
  const isGone = targets !== undefined && !['default', 'local', ...targets.map(({ id }) => id)].includes(value);
  return (
    <Select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="default">
        Project default{targets === undefined ? '' : `: ${standard === undefined ? 'local directory' : nameTarget(standard)}`}
      </option>
      {targets?.map((target) => (
        <option key={target.id} value={target.id}>
          {nameTarget(target)}
        </option>
      ))}
      {((targets?.length ?? 0) > 0 || value === 'local') && <option value="local">Local directory</option>}
      {isGone && <option value={value}>A storage target that is gone</option>}
    </Select>
  );
}

function nameTarget({ name, address }: StorageTarget): string {
  return `${name} (${targetKinds[address.kind]})`;
}
