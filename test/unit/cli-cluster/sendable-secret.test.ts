import { describe, expect, test } from 'vitest';
import { sendableSecret } from '../../../src/cli/sendable-secret.ts';
import { TerminalError } from '../../../src/domain/errors.ts';

const secret = (type: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'prom', namespace: 'hub' },
  type,
  data: { token: 'c2VjcmV0' },
});

describe('a Secret that an object of the hub names', () => {
  test.each(['Opaque', 'kubernetes.io/basic-auth', 'kubernetes.io/tls'])('is taken when its type is %s', (type) => {
    expect(sendableSecret(secret(type), 'reading')).toEqual(secret(type));
  });

  test('is refused when it is the token of an account, whatever it is for; its content is not told', () => {
    const take = () => sendableSecret(secret('kubernetes.io/service-account-token'), 'reading the credentials of prom');
    expect(take).toThrow(TerminalError);
    expect(take).toThrow('reading the credentials of prom: secret hub/prom is the token of an account');
    expect(take).not.toThrow(/c2VjcmV0/);
  });
});
