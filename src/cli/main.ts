import { runCommandLine } from './program.ts';
import { takeStopSignals } from './stop-signals.ts';
import { openTerminal } from './terminal.ts';

/** Time that connections which were not closed may take to end by themselves. */
const LINGER_MS = 2000;

const stopSignal = takeStopSignals(process);

await runCommandLine(process.argv.slice(2), {
  terminal: openTerminal(process.env),
  env: process.env,
  get signal() {
    return stopSignal();
  },
  finish(code) {
    process.exitCode = code;
    setTimeout(() => process.exit(), LINGER_MS).unref();
  },
});
