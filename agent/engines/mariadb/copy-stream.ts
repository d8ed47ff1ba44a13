import { GuestboardError } from '#contract/errors.ts';
import { pipePrograms } from '#drivers/process/pipe-programs.ts';
import { type StreamedProgram, streamProgram } from '#drivers/process/stream-program.ts';
import { type Codec, chooseCodec, packer } from '../../backup/codec.ts';
import type { CopyOptions } from '../../backup/copier.ts';
import { countBytes } from '../../backup/count-bytes.ts';
import { chargeWhileLimited, paced } from '../../backup/pace.ts';
import type { Place } from './place.ts';

/** What the copying program gives, packed already where `codec` says so. `given` counts its bytes, exactly once all are read. */
export type CopyStream = { bytes: AsyncIterable<Buffer>; codec: Codec; given(): number; close(): Promise<void> };
type Options = { plain: boolean; pace: CopyOptions['pace']; signal: AbortSignal; onBytes(given: number): void };

const progressMs = 500;

/**
 * At full speed another program packs what the copying one gives, without a byte of it coming through the agent: that would cost more than
 * packing. Under a limit it comes through us, since only so little of it is read ahead.
 */
export function streamCopy(place: Place, args: readonly string[], options: Options): CopyStream {
  const packing = options.plain ? null : packer(chooseCodec());
  return packing === null || options.pace.get() !== null ? throughUs(place, args, options) : packedBeside(place, args, packing, options);
}

function throughUs(place: Place, args: readonly string[], { pace, signal, onBytes }: Options): CopyStream {
  const program = streamProgram(place.copyProgram, args, { signal, cwd: place.copying });
  program.stdin.end();
  let given = 0;
  async function* read(): AsyncGenerator<Buffer> {
    yield* countBytes(paced(program.stdout as AsyncIterable<Buffer>, pace, signal), (done) => {
      given = done;
      onBytes(done);
    });
    await proveWhole(program);
  }
  return { bytes: read(), codec: 'none', given: () => given, close: () => endAll([program], program.stdout) };
}

function packedBeside(
  place: Place,
  args: readonly string[],
  packing: NonNullable<ReturnType<typeof packer>>,
  { pace, signal, onBytes }: Options,
): CopyStream {
  const { first, second } = pipePrograms({ command: place.copyProgram, args }, packing, { signal, cwd: place.copying });
  let given = 0;
  // A limit may come while it runs: it is for what is read of the database.
  const toBytes = chargeWhileLimited(pace, first.written);
  async function* read(): AsyncGenerator<Buffer> {
    const telling = setInterval(() => onBytes(first.written()), progressMs);
    try {
      yield* paced(second.stdout as AsyncIterable<Buffer>, pace, signal, toBytes);
      await proveWhole(first);
      given = packing.readGiven(await second.ended) ?? first.written();
      onBytes(given);
    } finally {
      clearInterval(telling);
    }
  }
  return { bytes: read(), codec: chooseCodec(), given: () => given, close: () => endAll([first, second], second.stdout) };
}

async function endAll(programs: readonly Pick<StreamedProgram, 'kill' | 'ended'>[], stdout: StreamedProgram['stdout']): Promise<void> {
  for (const program of programs) program.kill();
  // Unread bytes would keep it from being seen to end.
  stdout.destroy();
  await Promise.allSettled(programs.map(({ ended }) => ended));
}

/** It ends with 0 for less than a whole copy: only its last line says that all of it went well. */
async function proveWhole(program: Pick<StreamedProgram, 'ended'>): Promise<void> {
  const said = (await program.ended.catch(explainLoss)).trimEnd();
  if (!said.endsWith('completed OK!'))
    throw new GuestboardError('engine-error', 'MariaDB’s copy did not end well.', { detail: said.slice(-2000) });
}

/** It knows a server that goes away only as a connection that it lost, or did not get: it opens some more on its way. */
function explainLoss(error: unknown): never {
  const detail = error instanceof GuestboardError ? error.detail : undefined;
  if (!/server has gone away|lost connection|failed to connect to .*: (SSL connection error|can't connect)/i.test(detail ?? ''))
    throw error;
  throw new GuestboardError('engine-unavailable', 'The database ended while it was copied. Make the backup again once it runs.', {
    ...(detail === undefined ? {} : { detail }),
    cause: error,
  });
}
