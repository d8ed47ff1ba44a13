import { Gate } from '#components/sign-in/gate.tsx';
import { LinkButton } from '#components/ui/button.tsx';

export function NoSuchPage() {
  return (
    <Gate title="There is no such page" sentence="The address may be mistyped, or from another version.">
      <LinkButton href="/instances">Go to the instances</LinkButton>
    </Gate>
  );
}
