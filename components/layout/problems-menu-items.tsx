import { useProblems } from '#client/problems.ts';
import { MenuItem, MenuLabel } from '#components/ui/menu-items.tsx';
import { Mark } from '#components/ui/status-mark.tsx';
import { useVisit } from '#components/ui/use-visit.ts';

export function ProblemsMenuItems() {
  const problems = useProblems();
  const visit = useVisit();
  return (
    <>
      <MenuLabel>Problems now</MenuLabel>
      {problems.slice(0, 12).map(({ instance, health }) => (
        <MenuItem key={instance.id} onSelect={() => visit(`/instances/${instance.id}`)}>
          <span className="flex items-center gap-2">
            <Mark tone={health.tone} />
            <span className="num truncate">{instance.name}</span>
          </span>
          <span className="ml-5 block text-12 text-muted">{health.label}</span>
        </MenuItem>
      ))}
      {problems.length > 12 && <MenuItem onSelect={() => visit('/instances?q=is:problem')}>All {problems.length}</MenuItem>}
    </>
  );
}
