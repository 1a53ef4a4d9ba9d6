/** How a case ended. */
export type CaseOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed'; readonly reason: string; readonly message: string }
  /** Nobody can say. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly message: string }
  | { readonly kind: 'skipped'; readonly message: string };

/** One thing that was tried. */
export interface JunitCase {
  readonly name: string;
  readonly outcome: CaseOutcome;
  readonly durationMs: number;
}

/** Cases that belong together. */
export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

/** The report as CI systems read it: JUnit's XML. */
export function junitXml(name: string, suites: readonly JunitSuite[]): string {
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escaped(name)}" ${totals(suites.flatMap(({ cases }) => cases))}>`,
    ...suites.flatMap((suite) => [
      `  <testsuite name="${escaped(suite.name)}" ${totals(suite.cases)}>`,
      ...suite.cases.map((one) => `    ${caseXml(suite.name, one)}`),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
}

function totals(cases: readonly JunitCase[]): string {
  const of = (kind: CaseOutcome['kind']) => cases.filter(({ outcome }) => outcome.kind === kind).length;
  const time = cases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return `tests="${cases.length}" failures="${of('failed')}" errors="${of('unknown')}" skipped="${of('skipped')}" time="${seconds(time)}"`;
}

function caseXml(suite: string, { name, outcome, durationMs }: JunitCase): string {
  const head = `<testcase classname="${escaped(suite)}" name="${escaped(name)}" time="${seconds(durationMs)}"`;
  switch (outcome.kind) {
    case 'passed':
      return `${head}/>`;
    case 'skipped':
      return `${head}><skipped message="${escaped(outcome.message)}"/></testcase>`;
    case 'failed':
    case 'unknown': {
      const element = outcome.kind === 'failed' ? 'failure' : 'error';
      const { reason, message } = outcome;
      const text = escaped(message);
      return `${head}><${element} type="${escaped(reason)}" message="${text}">${text}</${element}></testcase>`;
    }
  }
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** XML has no way at all to write most control characters and half characters: they become the replacement character. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"'\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, (character) => ENTITIES[character] ?? '\uFFFD');
}
