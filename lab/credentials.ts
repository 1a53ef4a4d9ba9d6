import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** Keys and tokens of one cluster; they live as long as its folder. */
export interface Credentials {
  /** Bearer token of a cluster administrator. */
  readonly token: string;
  readonly tokenPath: string;
  readonly serviceAccountKeyPath: string;
  readonly serviceAccountPublicKeyPath: string;
  /** Where the API server puts its self-signed certificate, with its authority. */
  readonly certificateFolder: string;
  readonly caPath: string;
}

/** Makes the files the API server asks for. */
export function makeCredentials(folder: string): Credentials {
  const token = randomBytes(24).toString('hex');
  const tokenPath = join(folder, 'tokens.csv');
  writeFileSync(tokenPath, `${token},lab-admin,lab-admin,"system:masters"\n`, { mode: 0o600 });
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const serviceAccountKeyPath = join(folder, 'service-account.key');
  const serviceAccountPublicKeyPath = join(folder, 'service-account.pub');
  writeFileSync(serviceAccountKeyPath, pair.privateKey, { mode: 0o600 });
  writeFileSync(serviceAccountPublicKeyPath, pair.publicKey);
  const certificateFolder = join(folder, 'certificates');
  return {
    token,
    tokenPath,
    serviceAccountKeyPath,
    serviceAccountPublicKeyPath,
    certificateFolder,
    caPath: join(certificateFolder, 'apiserver.crt'),
  };
}

/** One context of a kubeconfig: a cluster's administrator. */
export interface AdminContext {
  readonly name: string;
  readonly server: string;
  readonly credentials: Credentials;
}

/** Writes a kubeconfig with a context of each cluster's name; the first one is current. */
export function writeKubeconfig(path: string, contexts: readonly AdminContext[]): void {
  const userOf = (name: string) => `${name}-admin`;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contexts[0]?.name ?? '',
    clusters: contexts.map(({ name, server, credentials }) => ({
      name,
      cluster: { server, 'certificate-authority': credentials.caPath },
    })),
    users: contexts.map(({ name, credentials }) => ({ name: userOf(name), user: { token: credentials.token } })),
    contexts: contexts.map(({ name }) => ({
      name,
      context: { cluster: name, user: userOf(name), namespace: 'default' },
    })),
  };
  writeFileSync(path, stringify(config, { version: '1.1' }), { mode: 0o600 });
}
