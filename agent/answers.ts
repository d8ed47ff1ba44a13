import type { DatastoreName } from '#contract/datastores/index.ts';
import type { Answers, CommandInput } from '#contract/guest/commands.ts';
import type { Archiver } from './archive/archiver.ts';
import type { Answer } from './commands.ts';
import type { Engine } from './engine.ts';
import type { Logs } from './logs/logs.ts';
import type { Observer } from './observer.ts';
import type { StateFile } from './state.ts';
import type { Supervisor } from './supervisor.ts';

type AnswerSources<D extends DatastoreName> = {
  engine: Engine<D>;
  supervisor: Supervisor;
  observer: Observer;
  logs: Logs;
  archiver: Archiver | null;
  state: StateFile;
  /** The guest has another size now. */
  resized(): void;
};

/** Who answers which command: the core what every engine shares, the engine the rest. */
export function createAnswers<D extends DatastoreName>(sources: AnswerSources<D>): (name: string) => Answer | null {
  const { engine, supervisor, observer, logs, archiver, state, resized } = sources;
  const keepSize = async (size: CommandInput<'lifecycle.resize'>['size']) => {
    await state.change({ size });
    resized();
  };
  const lifecycle: Answers<'lifecycle'> = {
    probe: () => observer.look(),
    initialise: async (input, context) => {
      const output = await supervisor.expectDown(() => engine.lifecycle.initialise(input, context));
      await keepSize(input.size);
      return output;
    },
    start: async (_input, context) => {
      await supervisor.start(context);
      return {};
    },
    stop: async (_input, context) => {
      await supervisor.stop(context);
      return {};
    },
    restart: async (_input, context) => {
      await supervisor.restart(context);
      return {};
    },
    resize: async (input, context) => {
      const output = await engine.lifecycle.resize(input, context);
      await keepSize(input.size);
      return output;
    },
  };
  const groups = { ...engine, lifecycle, logs: logs.answers, archive: archiver?.answers } as unknown as Record<string, unknown>;
  return (name) => {
    const [group = '', command = ''] = name.split('.');
    const answers = Object.hasOwn(groups, group) ? groups[group] : null;
    if (typeof answers !== 'object' || answers === null || !Object.hasOwn(answers, command)) return null;
    const answer = (answers as Record<string, unknown>)[command];
    return typeof answer === 'function' ? (answer as Answer) : null;
  };
}
