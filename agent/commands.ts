import { GuestboardError, toFault } from '#contract/errors.ts';
import {
  type CommandContext,
  type CommandDefinition,
  type CommandDelivery,
  type CommandReceipt,
  findCommand,
} from '#contract/guest/commands.ts';
import type { ReportBody } from '#contract/guest/reports.ts';
import { parseInput } from './command-input.ts';
import type { CommandOutcome, Journal, JournalEntry } from './journal.ts';
import { createProgress } from './progress.ts';
import type { StateFile } from './state.ts';

export type Answer = (input: unknown, context: CommandContext) => Promise<unknown>;

export type Commands = {
  deliver(delivery: CommandDelivery): Promise<CommandReceipt>;
  call(name: string, input: unknown, deadlineMs: number): Promise<unknown>;
  cancel(commandId: string): void;
  /** When the last action ended, at first when this agent began; null while one runs. */
  idleSinceMs(): number | null;
  /** Ends what runs without an outcome: delivered again, it is taken up again. */
  close(): Promise<void>;
};

type CommandsOptions = {
  /** The function that answers a command, or null when this engine has none. */
  findAnswer(name: string): Answer | null;
  journal: Journal;
  state: StateFile;
  report(body: ReportBody): boolean;
  /** After an action, before its outcome is told: what it changed is then known, too. */
  settled(name: string): Promise<void>;
  now(): number;
  /** The control plane's clock minus ours, milliseconds. */
  clockOffsetMs(): number;
  log(sentence: string): void;
};

type Running = { name: string; mode: 'query' | 'action'; abort: AbortController; ended: Promise<void> };

/** After its deadline a command may take this long to notice; then its failure is told all the same. */
const unwindMs = 10_000;
const rewriteMs = 1000;

/** Receives commands: queries beside anything, actions one at a time; a known id joins or is answered from the journal. */
export function createCommands(options: CommandsOptions): Commands {
  const { findAnswer, journal, state, report, now, log } = options;
  const running = new Map<string, Running>();
  /** Outcomes for which there was no room on the disk. */
  const unwritten = new Map<string, JournalEntry>();
  let closing = false;
  let actedAtMs = now();

  async function deliver(delivery: CommandDelivery): Promise<CommandReceipt> {
    const { commandId, name, epoch } = delivery;
    if (running.has(commandId)) return { state: 'accepted' };
    const known = unwritten.get(commandId)?.outcome ?? journal.find(commandId)?.outcome;
    if (known) {
      report({ type: 'command-ended', commandId, outcome: known });
      return { state: 'ended' };
    }
    if (epoch < state.get().epoch) {
      return refuse('stale-epoch', `The command is of epoch ${epoch}; this guest has seen ${state.get().epoch}.`);
    }
    const definition = findCommand(name);
    const answer = findAnswer(name);
    if (definition === null || answer === null) return refuse('not-implemented', `This agent cannot do ${name}.`);
    const busy = definition.mode === 'action' ? [...running].find(([, { mode }]) => mode === 'action') : undefined;
    if (busy !== undefined) return refuse('busy', `${busy[1].name} is running on this guest.`, busy[0]);
    let input: unknown;
    try {
      input = parseInput(name, definition, delivery.input);
    } catch (error) {
      return refuse('invalid-input', toFault(error).sentence);
    }
    await begin(delivery, definition, answer, input);
    return { state: 'accepted' };
  }

  /**
   * Takes the place at once; resolves when the command is written down and begins. It begins as well where it cannot be: a full disk
   * must keep nobody from stopping a database, and what needs room fails with the engine's own words. Delivered to the next life
   * of the agent it is then done again, as what a death interrupted always is.
   */
  function begin(delivery: CommandDelivery, definition: CommandDefinition, answer: Answer, input: unknown): Promise<void> {
    const { commandId, name, deadlineMs, epoch } = delivery;
    const startedAtMs = now();
    const written = Promise.all([
      state.change({ epoch: Math.max(epoch, state.get().epoch) }),
      journal.write({ commandId, name, epoch, startedAtMs, endedAtMs: null, outcome: null }),
    ]).catch((error: unknown) => log(`${name} begins without being written down: ${toFault(error).detail}`));
    const abort = new AbortController();
    const leftMs = Math.max(0, deadlineMs - options.clockOffsetMs() - now());
    const timer = setTimeout(
      () => abort.abort(new GuestboardError('deadline-passed', `${name} did not finish in time.`)),
      Math.min(leftMs, 2 ** 31 - 1),
    );
    const context: CommandContext = { signal: abort.signal, progress: createProgress({ commandId, signal: abort.signal, report }) };
    const work = written.then(() => answerTo(definition, answer, input, context));
    const told = written
      .then(() => Promise.race([work, unwound(abort.signal)]))
      .then((outcome) => (closing && abort.signal.aborted ? undefined : tell({ ...delivery, startedAtMs }, definition, outcome)))
      .catch((error: unknown) => log(`The outcome of ${name} could not be told: ${toFault(error).detail}`))
      .finally(() => clearTimeout(timer));
    // Its place is free when the work itself has ended, not when its failure has been told.
    const ended = Promise.allSettled([work, told]).then(() => {
      running.delete(commandId);
      if (definition.mode === 'action') actedAtMs = now();
    });
    running.set(commandId, { name, mode: definition.mode, abort, ended });
    return written.then(() => {});
  }

  async function tell(
    { commandId, name, epoch, startedAtMs }: Pick<CommandDelivery, 'commandId' | 'name' | 'epoch'> & { startedAtMs: number },
    definition: CommandDefinition,
    outcome: CommandOutcome,
  ) {
    const entry = { commandId, name, epoch, startedAtMs, endedAtMs: now(), outcome };
    await journal.write(entry).catch((error: unknown) => {
      log(`The outcome of ${name} is told, but could not be written down yet: ${toFault(error).detail}`);
      unwritten.set(commandId, entry);
      writeLater(entry);
    });
    if (definition.mode === 'action') await options.settled(name).catch(() => {});
    report({ type: 'command-ended', commandId, outcome });
  }

  /** Who waits for an outcome must have it, above all where a full disk is what it tells of; until it is written, it is known here. */
  function writeLater(entry: JournalEntry): void {
    const again = async () => {
      if (closing) return;
      await journal.write(entry).then(
        () => unwritten.delete(entry.commandId),
        () => writeLater(entry),
      );
    };
    setTimeout(() => void again(), rewriteMs).unref();
  }

  return {
    deliver,
    async call(name, input, deadlineMs) {
      const definition = findCommand(name);
      const answer = findAnswer(name);
      if (definition === null || answer === null) throw new GuestboardError('not-implemented', `This agent cannot do ${name}.`);
      if (definition.mode !== 'query')
        throw new GuestboardError('agent-refused', `${name} changes something: it must be delivered, not called.`);
      const signal = AbortSignal.timeout(deadlineMs);
      return definition.output.parse(await answer(parseInput(name, definition, input), { signal, progress: () => {} }));
    },
    cancel(commandId) {
      const command = running.get(commandId);
      command?.abort.abort(new GuestboardError('step-failed', `${command.name} was cancelled.`));
    },
    idleSinceMs: () => ([...running.values()].some(({ mode }) => mode === 'action') ? null : actedAtMs),
    async close() {
      closing = true;
      for (const { abort, name } of running.values())
        abort.abort(new GuestboardError('operation-lost', `The agent stopped while ${name} ran.`));
      const patience = new Promise((resolve) => setTimeout(resolve, 2000).unref());
      await Promise.race([Promise.all([...running.values()].map(({ ended }) => ended)), patience]);
    },
  };
}

async function answerTo(definition: CommandDefinition, answer: Answer, input: unknown, context: CommandContext): Promise<CommandOutcome> {
  try {
    return { ok: true, output: definition.output.parse(await answer(input, context)) };
  } catch (error) {
    // Whatever an aborted command stumbled over, the reason it was aborted is what happened.
    return { ok: false, fault: toFault(context.signal.aborted ? context.signal.reason : error) };
  }
}

function unwound(signal: AbortSignal): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const give = () => setTimeout(() => resolve({ ok: false, fault: toFault(signal.reason) }), unwindMs).unref();
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}

function refuse(
  code: Extract<CommandReceipt, { state: 'refused' }>['code'],
  sentence: string,
  running: string | null = null,
): CommandReceipt {
  return { state: 'refused', code, sentence, running };
}
