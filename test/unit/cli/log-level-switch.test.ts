import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { switchLevelOnSignal } from '../../../src/cli/log-level-switch.ts';

function aLog(level: string) {
  const lines: string[] = [];
  const stream = { write: (text: string) => void lines.push((JSON.parse(text) as { logLevel: string }).logLevel) };
  return { log: pino({ level }, stream), lines };
}

test.each([
  ['info', ['debug', 'info', 'debug']],
  ['warn', ['debug', 'warn', 'debug']],
  ['debug', ['info', 'debug', 'info']],
])('from %s the signal leads to %j', (started, levels) => {
  const { log, lines } = aLog(started);
  const signals = new EventEmitter();
  switchLevelOnSignal(log, signals);
  const seen = levels.map(() => {
    signals.emit('SIGUSR2');
    return log.level;
  });
  expect(seen).toEqual(levels);
  // each change is told of at the level where it is heard
  expect(lines).toEqual(levels);
});

test('after its end the signal changes nothing', () => {
  const { log } = aLog('info');
  const signals = new EventEmitter();
  switchLevelOnSignal(log, signals)();
  signals.emit('SIGUSR2');
  expect(log.level).toBe('info');
});
