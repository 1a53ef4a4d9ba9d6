import type { Reporter, TestCase, TestModule } from 'vitest/node';

const SLOWEST = 8;

/** A vitest reporter that says, after the default one, where the time went, and ends with `N passed, N failed, N skipped`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: ReturnType<TestCase['result']>['state']) =>
      tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter(isBroken).length;
    const slowest = [...modules].sort((a, b) => secondsOf(b) - secondsOf(a)).slice(0, SLOWEST);
    const files = slowest.map((module) => `${module.moduleId.split('/').at(-1)} ${Math.round(secondsOf(module))} s`);
    console.log(`slowest: ${files.join(', ')}`);
    console.log(`${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`);
  }
}

/** A file that cannot be loaded, or whose hooks fail, failed though none of its tests did: they never ran. */
function isBroken(module: TestModule): boolean {
  const hasFailedTest = [...module.children.allTests('failed')].length > 0;
  return module.state() === 'failed' && !hasFailedTest;
}

function secondsOf(module: TestModule): number {
  const { duration, setupDuration, collectDuration } = module.diagnostic();
  return (duration + setupDuration + collectDuration) / 1000;
}
