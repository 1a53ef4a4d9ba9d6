import { TransientError } from '../../domain/errors.ts';
import { instant } from '../../domain/time.ts';
import type { ApiServerIdentity } from '../../ports/api-server.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ResourceKind } from '../../ports/kubernetes-api.ts';
import { isSuccess } from './answer.ts';
import { type Asked, describeAsked, errorOfAnswer } from './api-error.ts';
import type { ConnectionKeeper } from './connection.ts';
import { send } from './transport.ts';

/** Stands for `/version` in messages: it is no resource. */
const versionPath: ResourceKind = { group: '', version: '', kind: 'Version', plural: 'version', namespaced: false };

/** Asks `/version`, which everybody may who is let in. @throws TransientError, TerminalError */
export async function identifyServer(
  keeper: ConnectionKeeper,
  clock: Clock,
  cluster: string,
): Promise<ApiServerIdentity> {
  const asked: Asked = { cluster, verb: 'get', kind: versionPath, namespace: null, name: null, form: 'read' };
  const answer = await send(keeper, clock, asked, { method: 'GET', path: '/version' });
  if (!isSuccess(answer)) throw errorOfAnswer(asked, answer);
  const version = gitVersionOf(answer.body);
  if (version === null) throw new TransientError(`${describeAsked(asked)}: the answer is not that of an API server`);
  const at = Date.parse(answer.date ?? '');
  return { version, clockAt: Number.isNaN(at) ? null : instant(at) };
}

function gitVersionOf(body: string): string | null {
  try {
    const parsed: unknown = JSON.parse(body);
    const version = parsed instanceof Object && 'gitVersion' in parsed ? parsed.gitVersion : null;
    return typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}
