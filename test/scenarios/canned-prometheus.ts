import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/** What each query answers: a number is a vector of one sample, `null` is the empty vector. A query that is not listed is refused. */
export type CannedAnswers = Readonly<Record<string, number | null>>;

/** A Prometheus that answers instant queries from a table. */
export interface CannedPrometheus {
  /** Goes where a scenario says `${prometheus}`. */
  readonly address: string;
  /** Replaces the table from now on. */
  answer(answers: CannedAnswers): void;
  close(): Promise<void>;
}

/** Starts the table's server on loopback; it knows `/api/v1/query` and nothing else. */
export async function serveCannedPrometheus(answers: CannedAnswers): Promise<CannedPrometheus> {
  let current = answers;
  const server = createServer((request, response) => {
    void readQuery(request).then((query) => {
      const value = current[query];
      response.statusCode = value === undefined ? 400 : 200;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(value === undefined ? refusal(query) : vector(value)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the canned Prometheus has no port');
  return {
    address: `http://127.0.0.1:${address.port}`,
    answer(answers) {
      current = answers;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function readQuery(request: IncomingMessage): Promise<string> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const form = request.method === 'POST' ? new URLSearchParams(await text(request)) : url.searchParams;
  return url.pathname === '/api/v1/query' ? (form.get('query') ?? '') : url.pathname;
}

/** The answer of an instant query, as Prometheus words it. */
export function vector(value: number | null): object {
  const sample = { metric: {}, value: [1_700_000_000, String(value)] };
  return { status: 'success', data: { resultType: 'vector', result: value === null ? [] : [sample] } };
}

const refusal = (query: string) => ({ status: 'error', errorType: 'bad_data', error: `no canned answer for ${query}` });
