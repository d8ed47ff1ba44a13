import { useProblems } from '#client/problems.ts';
import { Menu } from '#components/ui/menu.tsx';
import { Mark, toneText } from '#components/ui/status-mark.tsx';

/** How many instances need a look, on every page; the list is one click away. */
export function ProblemsMenu() {
  const problems = useProblems();
  const worst = problems[0];
  if (worst === undefined) return null;
  return (
    <Menu
      items={() => import('./problems-menu-items.tsx').then((module) => module.ProblemsMenuItems)}
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
    />
  );
}
