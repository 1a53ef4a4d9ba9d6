import { createServer } from 'node:http';
import type { Lab } from '../../lab/lab.ts';

/** What a test, in a process of its own, needs of the lab that the set-up started. */
export interface LabHandle {
  readonly kubeconfigPath: string;
  readonly server: string;
  readonly token: string;
  readonly caPath: string;
  /** The kubectl that was built with the lab. */
  readonly kubectlPath: string;
  /** Takes `POST /argo/stop` and `POST /argo/start`, and answers when it is done. */
  readonly controlUrl: string;
}

/** Lets tests stop and start the lab's controller across the process border. */
export async function serveLabControl(lab: Lab): Promise<{
  readonly handle: LabHandle;
  readonly close: () => Promise<void>;
}> {
  const server = createServer((request, response) => {
    const change = request.url === '/argo/stop' ? lab.argo.stop() : lab.argo.start();
    change.then(
      () => response.end(),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { kubeconfigPath, token, caPath } = lab;
  return {
    handle: {
      kubeconfigPath,
      server: lab.server,
      token,
      caPath,
      kubectlPath: lab.binPath('kubectl'),
      controlUrl: `http://127.0.0.1:${port}`,
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** The lab's Argo Rollouts controller, seen from a test. */
export function argoOf(handle: LabHandle): Pick<Lab['argo'], 'start' | 'stop'> {
  const post = async (verb: string) => {
    const response = await fetch(`${handle.controlUrl}/argo/${verb}`, { method: 'POST' });
    if (!response.ok) throw new Error(`the controller could not be told to ${verb}: ${await response.text()}`);
  };
  return { start: () => post('start'), stop: () => post('stop') };
}
