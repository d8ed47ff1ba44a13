import { OperationPage } from '#components/operations/operation-page.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  return <OperationPage operationId={(await params).id} />;
}
