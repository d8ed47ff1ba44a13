import { useProblems } from '#client/problems.ts';
import { Menu, MenuItem, MenuLabel } from '#components/ui/menu.tsx';
import { Mark, toneText } from '#components/ui/status-mark.tsx';
import { useVisit } from '#components/ui/use-visit.ts';

/** How many instances need a look, on every page; the list is one click away. */
export function ProblemsMenu() {
  const problems = useProblems();
  const visit = useVisit();
  const worst = problems[0];
  if (worst === undefined) return null;
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`}
          className="inline-flex h-7 items-center gap-1.5 rounded-control px-2 hover:bg-hover"
        >
          <Mark tone={worst.health.tone} />
          <span className={`num ${toneText[worst.health.tone]}`}>{problems.length}</span>
        </button>
      }
    >
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
    </Menu>
  );
}
