import { Gate } from '#components/sign-in/gate.tsx';

/** Drawn by the server alone: every page carries its not-found page along, which must weigh nothing. */
export function NoSuchPage() {
  return (
    <Gate title="There is no such page" sentence="The address may be mistyped, or from another version.">
      <a href="/instances" className="inline-flex h-8 items-center rounded-control border border-line bg-panel px-3 hover:bg-hover">
        Go to the instances
      </a>
    </Gate>
  );
}
