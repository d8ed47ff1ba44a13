import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { RootFault } from './root-fault.tsx';

test('where nothing else can be drawn, a whole page says so with what it brings along, in either theme', () => {
  const page = renderToStaticMarkup(<RootFault error={new Error('Loading chunk 7 failed.')} reset={() => {}} />);
  expect(page).toMatch(/<html lang="en">.*color-scheme: light dark.*Loading chunk 7 failed\..*Try again.*Reload the page/s);
  expect(page).not.toMatch(/var\(|class="(?!words)|<link/);
});
