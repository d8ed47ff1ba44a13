import { usePathname } from 'next/navigation';
import { useInstances } from '#client/queries/instances.ts';
import { useProjects } from '#client/queries/projects.ts';
import { Go } from '#components/ui/go.tsx';
import { desks, isAt, places } from './places.ts';

/** Where I am: section, then the thing, with its project in front when it has one. */
export function Breadcrumbs() {
  const pathname = usePathname();
  const section = [...places, ...desks].find((place) => isAt(pathname, place.href));
  const id = pathname.split('/')[2];
  const instance = useInstances().data?.items.find((candidate) => candidate.id === id);
  const projects = useProjects().data?.items;
  const project = projects?.find((candidate) => candidate.id === (instance?.projectId ?? id));
  const leaf =
    section?.href === '/instances'
      ? id === 'new'
        ? 'New instance'
        : instance?.name
      : section?.href === '/projects'
        ? project?.title
        : id && 'Operation';
  return (
    <nav aria-label="Breadcrumbs" className="min-w-0">
      <ol className="flex min-w-0 items-center gap-1.5 text-13 text-muted">
        {instance !== undefined && project !== undefined && (
          <li className="hidden shrink-0 items-center gap-1.5 lg:flex">
            <Go href={`/instances?q=project:${project.name}`} className="hover:text-fg">
              {project.title}
            </Go>
            <span aria-hidden className="text-faint">
              /
            </span>
          </li>
        )}
        {section !== undefined && (
          <li className="shrink-0">
            <Go href={section.href} className={id === undefined ? 'font-medium text-fg' : 'hover:text-fg'}>
              {section.title}
            </Go>
          </li>
        )}
        {id !== undefined && leaf !== undefined && (
          <li className="flex min-w-0 items-center gap-1.5">
            <span aria-hidden className="text-faint">
              /
            </span>
            <span className="truncate font-medium text-fg">{leaf}</span>
          </li>
        )}
      </ol>
    </nav>
  );
}
