import { loadInventory } from '../../src/config/load-inventory.ts';
import { parseDocument } from '../../src/config/parse-document.ts';
import { readYamlDocuments } from '../../src/config/yaml-documents.ts';
import { InvalidInput } from '../../src/domain/errors.ts';
import { goodDocuments, mangled } from './mangle.ts';

/** What became of the documents of some seeds. */
export interface FuzzReport {
  readonly parsed: number;
  readonly refused: number;
  /** Seeds whose document was neither, with what was thrown or said. */
  readonly failed: readonly string[];
  /** Processor time of the slowest, ms. */
  readonly slowest: { readonly seed: number; readonly cpuMs: number };
  readonly cpuMs: number;
}

/** What a terminal would act on. */
const UNSEEN = /[\p{Cc}\p{Cf}]/u;

/** What a damaged document refers to is there, so that a good one is parsed. */
const present = readYamlDocuments({ path: 'good.yaml', text: goodDocuments.join('\n---\n') }).documents.flatMap(
  ({ value }) => {
    const reading = parseDocument(value, 'good');
    return reading.outcome === 'parsed' ? [reading.document] : [];
  },
);

type Outcome = 'parsed' | 'refused' | { readonly failed: string };

function outcomeOf(text: string): Outcome {
  try {
    loadInventory([{ path: 'mangled.yaml', text }], present);
    return 'parsed';
  } catch (error) {
    if (!(error instanceof InvalidInput)) return { failed: String(error) };
    if (error.issues.length === 0) return { failed: 'refused without an issue' };
    const acting = error.issues.find(({ message, path }) => UNSEEN.test(message) || UNSEEN.test(path));
    return acting === undefined ? 'refused' : { failed: `repeats what is not seen: ${JSON.stringify(acting)}` };
  }
}

function cpuMs(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** Reads the documents of `documents` seeds from `seed` on. */
export function readMangled(documents: number, seed: number): FuzzReport {
  const startedMs = cpuMs();
  const failed: string[] = [];
  let parsed = 0;
  let refused = 0;
  let slowest = { seed, cpuMs: 0 };
  for (let one = seed; one < seed + documents; one += 1) {
    const text = mangled(one);
    const before = process.cpuUsage();
    const outcome = outcomeOf(text);
    const took = cpuMs(before);
    if (took > slowest.cpuMs) slowest = { seed: one, cpuMs: took };
    if (outcome === 'parsed') parsed += 1;
    else if (outcome === 'refused') refused += 1;
    else failed.push(`seed ${one}: ${outcome.failed}`);
  }
  return { parsed, refused, failed, slowest, cpuMs: cpuMs() - startedMs };
}
