import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildProgram, requireGo } from './build.ts';
import { buildFolder, expressionOracle } from './go-modules.ts';

/**
 * The path of the program that answers what Argo makes of a condition; built if it is not in the cache, in seconds where the lab is built.
 * @throws {LabUnavailable} if it has to be built and there is no Go
 */
export async function buildExpressionOracle(): Promise<string> {
  const binFolder = join(buildFolder(), 'bin');
  const program = expressionOracle();
  const path = join(binFolder, program.name);
  if (existsSync(path)) return path;
  await requireGo();
  mkdirSync(binFolder, { recursive: true });
  await buildProgram(program, binFolder);
  return path;
}
