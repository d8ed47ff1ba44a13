import { writeSync } from 'node:fs';

/** A reason to stop that a person can act on: printed as one sentence, without a stack. */
export class Refusal extends Error {}

export function say(line = '') {
  write(1, `${line}\n`);
}

/** Announces a phase that lasts, says every ten seconds that it goes on unless it speaks itself, and prints how long it took. `work` may return a remark. */
export async function phase(title, work, speaksItself = false) {
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
  const goesOn = () => say(`${Math.round(Number(seconds()))} s …`.padStart(8) + `  ${title}`);
  const begun = speaksItself ? undefined : setTimeout(() => say(`${'…'.padStart(8)}  ${title}`), 3000);
  const beat = speaksItself ? undefined : setInterval(goesOn, 10_000);
  try {
    const remark = await work();
    say(`${seconds().padStart(6)} s  ${title}${typeof remark === 'string' ? `: ${remark}` : ''}`);
  } finally {
    clearTimeout(begun);
    clearInterval(beat);
  }
}

/** Runs a whole command: a Refusal becomes its sentence, anything else its message, and both exit code 1. */
export async function speakPlainly(command) {
  try {
    await command();
  } catch (error) {
    write(2, `\n${error instanceof Refusal ? error.message : (error?.stack ?? error)}\n`);
    process.exit(1);
  }
}

// A closed terminal must not kill what is stopping in order: nobody reads these lines any more, and that is all.
function write(stream, text) {
  try {
    writeSync(stream, text);
  } catch (error) {
    if (error.code === 'EAGAIN') setTimeout(() => write(stream, text), 10);
  }
}
