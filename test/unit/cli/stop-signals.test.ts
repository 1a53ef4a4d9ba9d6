import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { takeStopSignals } from '../../../src/cli/stop-signals.ts';

/** A process that only remembers how it would have ended. */
function aProcess(pid: number) {
  const emitter = new EventEmitter();
  const ends: string[] = [];
  const fake = Object.assign(emitter, {
    pid,
    kill: (id: number, signal: string) =>
      ends.push(`killed ${id} by ${signal}, ${emitter.listenerCount(signal)} listen`),
    exit: (code: number) => ends.push(`exits with ${code}`),
  });
  return { fake, ends };
}

describe('a process that is told to stop', () => {
  it.each([
    ['ends by SIGTERM', 77, 'SIGTERM', 'killed 77 by SIGTERM, 0 listen'],
    ['ends by SIGINT', 77, 'SIGINT', 'killed 77 by SIGINT, 0 listen'],
    ['exits on SIGTERM as the first one of a container', 1, 'SIGTERM', 'exits with 143'],
    ['exits on SIGINT as the first one of a container', 1, 'SIGINT', 'exits with 130'],
  ])('%s when no command asked for the signal', (_, pid, signal, end) => {
    const { fake, ends } = aProcess(pid);
    takeStopSignals(fake);
    fake.emit(signal);
    expect(ends).toEqual([end]);
  });

  it.each([77, 1])('as number %i aborts a command that asked for the signal, and exits on the second one', (pid) => {
    const { fake, ends } = aProcess(pid);
    const signal = takeStopSignals(fake)();
    fake.emit('SIGTERM');
    expect(signal.aborted).toBe(true);
    expect(ends).toEqual([]);
    fake.emit('SIGINT');
    expect(ends).toEqual(['exits with 130']);
  });

  it('gives every asker the same signal, and takes the place of who listened before', () => {
    const { fake, ends } = aProcess(1);
    fake.on('SIGTERM', () => ends.push('the launcher'));
    const stopSignal = takeStopSignals(fake);
    expect(stopSignal()).toBe(stopSignal());
    fake.emit('SIGTERM');
    expect(ends).toEqual([]);
  });
});
