import { buildWhatChanged } from './build.mjs';
import { inProject } from './places.mjs';
import { speakPlainly } from './say.mjs';
import { startGuestboard } from './start-guestboard.mjs';

/** `npm start`. */
await speakPlainly(() => startGuestboard({ build: () => buildWhatChanged(), program: [inProject('dist/server.mjs')], mode: 'production' }));
