import { beforeEach } from 'vitest';

/** An error of ours carries the engine's own words beside its sentence; a failed test shows them, too. */
beforeEach(({ onTestFailed }) => {
  onTestFailed(({ task }) => {
    for (const error of task.result?.errors ?? []) if (typeof error.detail === 'string') console.error(`${error.message}\n${error.detail}`);
  });
});
