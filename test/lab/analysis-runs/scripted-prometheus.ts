import { createServer, type IncomingMessage } from 'node:http';
import { answerOf, type RunCase, type Sample, special } from './run-case.ts';

/** One question that came in. */
export interface Question {
  readonly metric: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly form: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** Every answer is given so late that the questions of a pass, which are asked together, come before the first answer. */
export const ANSWERED_AFTER_MS = 150;

/** A server that plays Prometheus' API for many runs: `/<case>/<metric>/api/v1/query`. */
export interface ScriptedPrometheus {
  addressOf(run: number, metric: number): string;
  questionsOf(run: number): readonly Question[];
  /** Begins with a run's first answers again. */
  forget(run: number): void;
  close(): Promise<void>;
}

/** Starts it on loopback. */
export async function startScriptedPrometheus(runs: readonly RunCase[]): Promise<ScriptedPrometheus> {
  const asked = runs.map((): Question[] => []);
  const server = createServer((request, response) => {
    const at = Date.now();
    const [, run = '', metric = ''] = /^\/(\d+)\/(\d+)\/api\/v1\/query/.exec(request.url ?? '') ?? [];
    const questions = asked[Number(run)];
    void bodyOf(request).then((body) => {
      if (questions === undefined || metric === '') return response.writeHead(410).end();
      const earlier = questions.filter((question) => question.metric === Number(metric)).length;
      questions.push({ metric: Number(metric), at, form: new URLSearchParams(body), headers: request.headers });
      const { status, json } = wireAnswer(runs[Number(run)]!, Number(metric), earlier);
      const answer = () => response.writeHead(status, { 'content-type': 'application/json' }).end(json);
      return setTimeout(answer, at + ANSWERED_AFTER_MS - Date.now());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    addressOf: (run, metric) => `http://127.0.0.1:${port}/${run}/${metric}`,
    questionsOf: (run) => asked[run]!,
    forget: (run) => asked[run]!.splice(0),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

const AT = 1_700_000_000;

function wireAnswer(
  run: RunCase,
  metric: number,
  question: number,
): { readonly status: number; readonly json: string } {
  const answer = special(answerOf(run, metric, question));
  if (answer.status !== undefined) {
    const [errorType, error] = answer.error ?? ['', ''];
    return { status: answer.status, json: answer.error ? JSON.stringify({ status: 'error', errorType, error }) : '' };
  }
  const { warnings } = answer;
  return { status: 200, json: JSON.stringify({ status: 'success', data: dataOf(answer), warnings }) };
}

function dataOf({ scalar, vector, matrix, string }: ReturnType<typeof special>): object {
  const point = (sample: Sample, index = 0): [number, string] => [AT + index, String(sample)];
  if (scalar !== undefined) return { resultType: 'scalar', result: point(scalar) };
  if (string !== undefined) return { resultType: 'string', result: point(string) };
  if (matrix !== undefined) {
    const series = matrix.map((samples, row) => ({ metric: { row: `${row}` }, values: samples.map(point) }));
    return { resultType: 'matrix', result: series };
  }
  const result = (vector ?? []).map((sample, row) => ({ metric: { row: `${row}` }, value: point(sample) }));
  return { resultType: 'vector', result };
}
