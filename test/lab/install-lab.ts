import { kubectl } from '../../lab/kubectl.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import {
  type ConnectedKubernetesApi,
  createKubernetesApi,
  kubeconfigAccess,
} from '../../src/adapters/kubernetes/index.ts';
import { lastJson, type Said, say } from '../unit/cli/fake-context.ts';

/** A reference that names a version; nothing is pulled in the lab. */
export const IMAGE = 'registry.example/tidegate:9.9.9';

/** What a command says of an object. */
export interface Told {
  readonly kind: string;
  readonly name: string;
  readonly outcome: string;
  readonly keptFor?: string | null;
}

/** A lab of its own: what is installed holds for a whole cluster. */
export interface InstallLab {
  readonly lab: Lab;
  readonly api: ConnectedKubernetesApi;
  kubectl(...parameters: readonly string[]): Promise<string>;
  /** With an object on its standard input. */
  kubectlWith(input: object, ...parameters: readonly string[]): Promise<string>;
  /** Applies by server-side apply as `tidegate` would, or as somebody else. */
  apply(object: object, manager?: string): Promise<string>;
  get(...parameters: readonly string[]): Promise<Record<string, unknown>>;
  /** A command of ours against the lab. @throws Error when it does not end with 0 */
  tidegate(...args: readonly string[]): Promise<Said>;
  /** What it says of each object. */
  told(...args: readonly string[]): Promise<readonly Told[]>;
  stop(): Promise<void>;
}

/** Starts it: some seconds. */
export async function startInstallLab(): Promise<InstallLab> {
  const lab = await startLab();
  const { kubeconfigPath } = lab;
  const access = await kubeconfigAccess({ path: kubeconfigPath, context: null });
  const api = createKubernetesApi({ cluster: 'lab', access, clock: createSystemClock() });
  const run = (parameters: readonly string[], input?: object) =>
    kubectl(lab.binPath('kubectl'), kubeconfigPath, parameters, input);
  async function tidegate(...args: readonly string[]): Promise<Said> {
    const said = await say(...args, '--kubeconfig', kubeconfigPath);
    if (said.code !== 0) throw new Error(`tidegate ${args.join(' ')}: exit ${said.code}: ${said.stderr}`);
    return said;
  }
  return {
    lab,
    api,
    kubectl: (...parameters) => run(parameters),
    kubectlWith: (input, ...parameters) => run(parameters, input),
    apply: (object, manager = 'tidegate') =>
      run(['apply', '--server-side', '--force-conflicts', '--field-manager', manager, '-f', '-'], object),
    get: async (...parameters) =>
      JSON.parse(await run(['get', ...parameters, '-o', 'json'])) as Record<string, unknown>,
    tidegate,
    told: async (...args) => {
      const { stdout } = await tidegate(...args, '-o', 'json');
      return (lastJson(stdout) as { readonly objects: readonly Told[] }).objects;
    },
    async stop() {
      await api.close();
      await lab.stop();
    },
  };
}

/** `Role/tidegate-hub` of each object with that outcome. */
export function namesOf(told: readonly Told[], outcome: string): readonly string[] {
  return told.filter((one) => one.outcome === outcome).map(({ kind, name }) => `${kind}/${name}`);
}
