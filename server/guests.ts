import { randomUUID } from 'node:crypto';
import { type Fault, GuestboardError, toError, toFault } from '#contract/errors.ts';
import { type CommandInput, type CommandName, type CommandOutput, findCommand } from '#contract/guest/commands.ts';
import { toStatusFacts } from '#contract/resources/instance.ts';
import { isSilent } from '#contract/status.ts';
import type { ControlBus } from '#drivers/bus/bus.ts';
import type { Log } from './log.ts';
import type { ChangeTail } from './store/changes.ts';
import type { Command } from './store/commands.ts';
import type { Store } from './store/store.ts';

type GuestsOptions = { store: Store; bus: ControlBus; tail: ChangeTail; log: Log };
type Running = {
  id: string;
  operation: { id: string; epoch: number; stepKey: string } | null;
  deadlineMs: number;
  /** Asked twice a second; true asks the guest to stop, and whatever it throws ends the waiting. */
  isCancelled?: () => Promise<boolean>;
};
export type Guests = ReturnType<typeof createGuests>;

const receiptTimeoutMs = 5000;
/** An agent tells the failure itself when a deadline passes; only its silence makes us do it. */
const graceMs = 15_000;

/** The control plane's hand on its guests: reads at once, changes by command rows that whichever replica holds the agent delivers. */
export function createGuests({ store, bus, tail, log }: GuestsOptions) {
  const delivering = new Set<string>();
  const waiting = new Map<string, Set<() => void>>();

  const onChange = (change: { kind: string; resource: string }) => {
    if (change.kind !== 'command') return;
    for (const wake of waiting.get(change.resource) ?? []) wake();
    if (!delivering.has(change.resource)) void deliverIfHeld(change.resource);
  };
  // Our own commits are heard at once, the others' through the tail; delivering and waking twice does no harm.
  store.changes.onLocalCommit(onChange);
  const unsubscribe = tail.subscribe({ onChange, onResync: () => void deliverWaiting() });
  bus.onPresence(({ state, guest }) => {
    if (state === 'connected') void redeliver(guest.instanceId);
  });

  async function deliverIfHeld(id: string): Promise<void> {
    try {
      const command = await store.commands.find(id);
      if (command && ['queued', 'unknown'].includes(command.state) && bus.holds(command.instanceId)) await deliver(command);
    } catch (error) {
      log.warn({ command: id, fault: toFault(error) }, 'A command could not be delivered; it is tried again.');
    }
  }

  /** What was under way when the agent went is asked for again: it joins what runs, or answers from its journal. */
  async function redeliver(instanceId: string): Promise<void> {
    for (const command of await store.commands.listOpen(instanceId).catch(() => [])) await deliver(command);
  }

  /** `isSent`: it is written down as sent already, a moment ago. */
  async function deliver(command: Command, { isSent = false } = {}): Promise<void> {
    if (delivering.has(command.id)) return;
    delivering.add(command.id);
    try {
      const [input, open] = await Promise.all([
        store.secrets.unsealPasswords(command.input),
        isSent || store.commands.markSent(command.id),
      ]);
      if (!open) return;
      const { id: commandId, name, epoch, deadlineMs } = command;
      const receipt = await bus.deliver(command.instanceId, { commandId, name, epoch, deadlineMs, input }, receiptTimeoutMs);
      if (receipt.state !== 'refused') {
        await store.commands.markAccepted(command.id);
      } else if (receipt.code === 'busy' || receipt.code === 'stale-epoch') {
        // Both pass: the sweep asks again, with the guest's epoch of then.
        await store.commands.markUnknown(command.id);
        setTimeout(() => void deliverIfHeld(command.id), 200).unref();
      } else {
        const code = receipt.code === 'not-implemented' ? 'not-implemented' : 'agent-refused';
        await store.commands.end(command.id, { ok: false, fault: { code, sentence: receipt.sentence } });
      }
    } catch (error) {
      const fault = toFault(error);
      log.info({ command: command.id, fault }, 'What became of a command is not known yet.');
      if (fault.code === 'not-found') await store.commands.end(command.id, { ok: false, fault }).catch(() => {});
      else await store.commands.markUnknown(command.id).catch(() => {});
    } finally {
      delivering.delete(command.id);
    }
  }

  /** Delivers what waits for guests this replica holds, and ends what is long past its deadline. */
  async function deliverWaiting(): Promise<void> {
    const held = bus.connected().map((guest) => guest.instanceId);
    if (held.length > 0) await Promise.all((await store.commands.listDeliverable(held)).map((command) => deliver(command)));
    for (const command of await store.commands.listOverdue()) {
      if (Date.now() < command.deadlineMs + graceMs) continue;
      const fault: Fault = { code: 'deadline-passed', sentence: `The agent did not tell the outcome of ${command.name} in time.` };
      await store.commands.end(command.id, { ok: false, fault });
    }
  }

  function nextWake(id: string, timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wakes = waiting.get(id) ?? new Set();
      waiting.set(id, wakes);
      const done = () => {
        clearTimeout(timer);
        wakes.delete(done);
        if (wakes.size === 0) waiting.delete(id);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      wakes.add(done);
    });
  }

  /** Writes a command down and waits for its outcome, however often it must be delivered. Throws what the guest said. */
  async function run<N extends CommandName>(
    instanceId: string,
    name: N,
    input: CommandInput<N>,
    { id, operation, deadlineMs, isCancelled }: Running,
  ): Promise<CommandOutput<N>> {
    const sent = await store.commands.put({ id, operation, instanceId, name, input, deadlineMs }, bus.holds(instanceId));
    if (sent !== null) {
      const woken = nextWake(id, 500);
      void deliver(sent, { isSent: true });
      // Nothing is known of it before: asking at once would only hold up the delivery.
      await woken;
    }
    for (;;) {
      const woken = nextWake(id, 500);
      const command = await store.commands.find(id);
      if (command?.outcome?.ok === true) return findCommand(name)?.output.parse(command.outcome.output) as CommandOutput<N>;
      if (command?.outcome?.ok === false) throw toError(command.outcome.fault);
      if (!command || command.state === 'failed') throw new GuestboardError('operation-lost', 'The command was withdrawn.');
      // Again each time: an agent that was away, or ended before it heard, is given the command anew.
      if (await isCancelled?.()) bus.cancel(instanceId, id);
      await woken;
    }
  }

  return {
    /** Reads from a guest, wherever it is connected. Throws `agent-unreachable`, `agent-timeout`, or what the guest said. */
    async query<N extends CommandName>(instanceId: string, name: N, input: CommandInput<N>, timeoutMs = 5000): Promise<CommandOutput<N>> {
      const output = await bus.call(instanceId, name, input, timeoutMs);
      return findCommand(name)?.output.parse(output) as CommandOutput<N>;
    },
    /** Changes something outside any operation: refused while one holds the instance. Secrets in the input are references. */
    async act<N extends CommandName>(instanceId: string, name: N, input: CommandInput<N>, timeoutMs = 30_000): Promise<CommandOutput<N>> {
      const guest = await store.commands.findGuestEpoch(instanceId);
      if (!guest) throw new GuestboardError('not-found', 'The instance does not exist.');
      if (guest.operationId !== null) throw new GuestboardError('busy', 'An operation is running on the instance. Wait until it ends.');
      const instance = await store.instances.findForControlPlane(instanceId);
      if (!instance || isSilent(toStatusFacts(instance), Date.now()))
        throw new GuestboardError(
          'agent-unreachable',
          'The agent of this instance is silent. It is being started again; try when it is back.',
        );
      const sealed = await store.transact((tx) => store.secrets.sealPasswords(tx, guest.projectId, input));
      return run(instanceId, name, sealed, { id: `act/${randomUUID()}`, operation: null, deadlineMs: Date.now() + timeoutMs });
    },
    run,
    /** Those whose agents are connected here, by their boot: what is told to one life of an agent is told anew to the next. */
    listHeld: () =>
      bus.connected().map(({ instanceId, bootId, connectedAtMs }) => ({ instanceId, connection: `${bootId}/${connectedAtMs}` })),
    deliverWaiting,
    isConnected: (instanceId: string) => bus.holds(instanceId),
    disconnect: (instanceId: string) => bus.disconnect(instanceId),
    close: () => unsubscribe(),
  };
}
