import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** Runs the lab's kubectl and gives its output. @throws Error with what kubectl said */
export async function kubectl(
  programPath: string,
  kubeconfigPath: string,
  parameters: readonly string[],
  input?: object,
): Promise<string> {
  const child = spawn(programPath, ['--kubeconfig', kubeconfigPath, ...parameters], { stdio: 'pipe' });
  child.stdin.on('error', () => {});
  child.stdin.end(input ? JSON.stringify(input) : '');
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const [output, complaint, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  if (code !== 0) throw new Error(`kubectl ${parameters.join(' ')} failed: ${complaint.trim()}`);
  return output;
}
