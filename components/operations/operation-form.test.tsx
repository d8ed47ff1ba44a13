import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { getOperation } from '#contract/operations/index.ts';
import { OperationForm } from './operation-form.tsx';

test('a dialog begins at its first field, and not at what is asked behind everything else', () => {
  const form = { definition: getOperation('restore-in-place'), instance: null, value: {}, onChange: () => {}, faults: {} };
  const render = (follows: boolean) => renderToStaticMarkup(<OperationForm {...form} keys={['override']} follows={follows} />);
  expect([false, true].map((follows) => /autofocus/i.test(render(follows)))).toEqual([true, false]);
});
