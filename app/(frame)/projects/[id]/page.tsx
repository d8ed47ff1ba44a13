import { ProjectPage } from '#components/projects/project-page.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <ProjectPage projectId={(await params).id} />;
}
