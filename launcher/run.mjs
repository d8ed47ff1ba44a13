import { spawn } from 'node:child_process';

/** Runs a command to its end and returns what it printed. Throws with the telling lines when it fails. */
export function runQuietly(command, args, options = {}) {
  return run(command, args, options).then(({ code, output }) => {
    if (code === 0) return output;
    const lines = output.trimEnd().split('\n');
    const first = lines.findIndex((line) => /error/i.test(line));
    const telling = first < 0 ? lines.slice(-20) : lines.slice(first, first + 20);
    throw new Error(`${[command, ...args].join(' ')} ended with ${code}\n${telling.join('\n')}`);
  });
}

/** Runs a command to its end, feeding it `input`. Never throws for a failing command: { code, output }, both streams in one. */
export function run(command, args, options = {}, input = undefined) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], ...options });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-4_000_000);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    if (!options.detached) endWithUs(child);
    child.on('error', reject);
    child.stdin?.on('error', () => {}).end(input);
    child.on('close', (code, signal) => resolve({ code: code ?? signal, output }));
  });
}

/** A build that nobody waits for any more ends too; what was started detached, like apt, finishes in peace. */
function endWithUs(child) {
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  child.once('close', () => process.off('exit', end));
}
