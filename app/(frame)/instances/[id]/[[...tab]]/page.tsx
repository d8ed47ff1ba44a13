import { InstancePage } from '#components/instance/instance-page.tsx';

type Props = { params: Promise<{ id: string; tab?: string[] }> };

export default async function Page({ params }: Props) {
  const { id, tab } = await params;
  return <InstancePage instanceId={id} tab={tab?.[0] ?? 'overview'} />;
}
