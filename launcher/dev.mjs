import { buildWhatChanged } from './build.mjs';
import { inProject } from './places.mjs';
import { speakPlainly } from './say.mjs';
import { startGuestboard } from './start-guestboard.mjs';

/** `npm run dev`: the server restarts when its sources change, pages reload; guests run on, with the agent as built at the start. */
await speakPlainly(() =>
  startGuestboard({
    build: () => buildWhatChanged(['guest agent built']),
    program: [inProject('node_modules/tsx/dist/cli.mjs'), 'watch', '--clear-screen=false', inProject('server/index.ts')],
    mode: 'development',
    isTalkative: true,
  }),
);
