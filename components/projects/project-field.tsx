import { Field, Select } from '#components/ui/field.tsx';

type Props = { projects: readonly { id: string; title: string }[]; value: string | undefined; onChange(projectId: string): void };

/** Which project something new belongs to. */
export function ProjectField({ projects, value, onChange }: Props) {
  return (
    <Field label="Project">
      {(control) => (
        <Select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
          {projects.map((project) => (
            <option key={project.id} value={project.id}>
              {project.title}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
