import { readFile } from 'node:fs/promises';
import { counted } from '../../planning/document/figures.ts';
import type { EvidenceDifference } from '../../release/evidence-check.ts';
import { checkEvidence } from '../../release/evidence-check.ts';
import type { HubOptions, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { badArgument } from '../failure.ts';
import { withHub } from '../release/with-hub.ts';
import { type AskedAgain, askAgain } from './ask-again.ts';
import { type JudgedEvidence, readEvidenceJson } from './evidence-json.ts';
import { readEvidence } from './hub-evidence.ts';

interface VerifyOptions extends HubOptions {
  readonly file?: string;
  readonly ask?: boolean;
}

/** Judges everything again, and tells what does not agree. */
export async function verifyEvidence(invocation: Invocation<VerifyOptions>): Promise<ExitCode> {
  const { options, output } = invocation;
  const { judged, asked } = options.file === undefined ? await fromHub(invocation) : await fromFile(options.file);
  const check = checkEvidence(judged);
  const differences = [...check.differences, ...(asked?.differences ?? [])];
  for (const one of differences) output.line(differenceLine(one));
  const { verdicts, readings, phases, unchecked } = check;
  const parts = [
    `${counted(verdicts, 'verdict')}, ${counted(readings, 'measurement')} and ${counted(phases, 'phase')} judged again`,
    ...(unchecked === 0 ? [] : [`${unchecked} cannot be`]),
    ...(judged.samplesDropped === 0 ? [] : [`${judged.samplesDropped} had no room in the records`]),
    ...(asked === null
      ? []
      : [`${asked.same} asked again with the same answer, ${asked.moved} with other numbers, ${asked.gone} gone`]),
    counted(differences.length, 'difference'),
  ];
  output.line(`${judged.release}: ${parts.join(', ')}`);
  const { samplesDropped } = judged;
  output.answer({
    release: judged.release,
    ...check,
    differences,
    samplesDropped,
    ...(asked === null ? {} : { asked }),
  });
  return differences.length > 0 ? exitCodes.verificationFailed : exitCodes.done;
}

interface Subject {
  readonly judged: JudgedEvidence;
  readonly asked: AskedAgain | null;
}

function fromHub({ options, args, output, context }: Invocation<VerifyOptions>): Promise<Subject> {
  return withHub(options, async (hub) => {
    const { release, recorded, evidence } = await readEvidence(hub, args[0]);
    const note = (text: string) => output.note(text);
    const asked = options.ask === true ? await askAgain(hub, recorded, { note, signal: context.signal }) : null;
    return { judged: { release, ...evidence }, asked };
  });
}

async function fromFile(path: string): Promise<Subject> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw badArgument(`--file: reading ${path}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  });
  return { judged: readEvidenceJson(path, text), asked: null };
}

function differenceLine({ subject, recorded, recomputed }: EvidenceDifference): string {
  return `${subject}: recorded ${recorded}, judged again ${recomputed}`;
}
