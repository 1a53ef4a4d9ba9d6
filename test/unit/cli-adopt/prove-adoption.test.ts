import { describe, expect, it } from 'vitest';
import { GATE } from '../../../src/cli/adopt/gate.ts';
import type { Holdable } from '../../../src/cli/adopt/hold.ts';
import { proveAdoption } from '../../../src/cli/adopt/prove-adoption.ts';
import { TransientError } from '../../../src/domain/errors.ts';
import { adoptedBy, adoptionFindings } from '../../../src/release/ownership.ts';
import { aForeignRollout, disturbed, inTime, THEIR_STEPS } from './an-adoption.ts';

const quiet = new AbortController().signal;
const asFound = (rollout: Holdable['rollout']): Holdable => ({ kind: 'rollout', rollout });

/** Calls a function the first time only. */
function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    act();
  };
}

describe('proving an adoption', () => {
  it.each([
    ['steps of its own', THEIR_STEPS],
    ['no steps', null],
  ])('takes hold of a Rollout with %s, and leaves its whole spec as it was', async (_, steps) => {
    const one = await aForeignRollout(steps);
    const before = one.live();
    const hash = one.status().currentPodHash;
    expect(adoptionFindings(before, ['app']).map(({ reason }) => reason)).toEqual(['NotAdopted']);

    const proof = await inTime(one, proveAdoption(one.subject, asFound(before), quiet));

    expect(proof).toMatchObject({ kind: 'proven', standing: { currentHash: hash } });
    expect(one.live()['spec']).toEqual(before['spec']);
    expect(adoptedBy(one.live())).toBe('storefront');
    expect(adoptionFindings(one.live(), ['app'])).toEqual([]);
    expect(one.replicaSets()).toHaveLength(1);
  });

  it('takes an init container as well', async () => {
    const one = await aForeignRollout();
    const subject = { ...one.subject, containers: ['app', 'migrate'] };
    await inTime(one, proveAdoption(subject, asFound(one.live()), quiet));
    expect(adoptionFindings(one.live(), ['app', 'migrate'])).toEqual([]);
  });

  it('again, after a release, changes nothing', async () => {
    const one = await aForeignRollout();
    await inTime(one, proveAdoption(one.subject, asFound(one.live()), quiet));
    const spec = one.live()['spec'];
    const proof = await inTime(one, proveAdoption(one.subject, asFound(one.live()), quiet));
    expect(proof.kind).toBe('proven');
    expect(one.live()['spec']).toEqual(spec);
  });

  it('stops a change of somebody else at the gate, adopts nothing and gives the steps back', async () => {
    const one = await aForeignRollout();
    const podsAtTheGate: (number | undefined)[] = [];
    const env = { op: 'replace', path: '/spec/template/spec/containers/1/env/0/value', value: '2' } as const;
    const afterApply = once(() => {
      one.store.jsonPatch(one.ref, [env], { fieldManager: 'kubectl-edit' });
    });
    const beforeApply = () =>
      podsAtTheGate.push(one.replicaSets().find(({ status }) => status.replicas === 4)?.status.replicas);
    const api = disturbed(one.subject.api, { beforeApply, afterApply });

    const proof = await inTime(one, proveAdoption({ ...one.subject, api }, asFound(one.live()), quiet));

    expect(proof).toMatchObject({ kind: 'moved', isUndone: true });
    expect(proof.kind === 'moved' && proof.moved[0]).toMatch(/^the pod hash went from /);
    expect(podsAtTheGate).toEqual([4, 4]);
    expect(adoptedBy(one.live())).toBeNull();
    expect(one.live()).toMatchObject({ spec: { strategy: { canary: { steps: THEIR_STEPS } } } });
  });

  it('does not undo an image that came between the look and the write', async () => {
    const one = await aForeignRollout();
    const beforeApply = once(() =>
      one.store.jsonPatch(
        one.ref,
        [{ op: 'replace', path: '/spec/template/spec/containers/1/image', value: 'app:v2' }],
        { fieldManager: 'argocd-controller' },
      ),
    );
    const api = disturbed(one.subject.api, { beforeApply });
    const proof = await inTime(one, proveAdoption({ ...one.subject, api }, asFound(one.live()), quiet));
    expect(proof.kind).toBe('moved');
    expect(one.live()).toMatchObject({
      spec: { template: { spec: { containers: [{ image: 'side:v1' }, { image: 'app:v2' }] } } },
    });
  });

  it('writes nothing where a partial apply would replace more than images and steps', async () => {
    const one = await aForeignRollout();
    const { api } = one.subject;
    const before = one.live();
    const atomic: typeof api = {
      ...api,
      async apply(object, kind, options) {
        const rehearsed = await api.apply(object, kind, options);
        return options.dryRun === true
          ? { ...rehearsed, spec: { ...(rehearsed['spec'] as object), template: {} } }
          : rehearsed;
      },
    };
    const proof = await inTime(one, proveAdoption({ ...one.subject, api: atomic }, asFound(before), quiet));
    expect(proof).toEqual({ kind: 'notGranular' });
    expect(one.live()).toEqual(before);
  });

  it('without a controller proves nothing, and says so after a minute', async () => {
    const one = await aForeignRollout();
    one.world.argo('eu').stop();
    const proof = await inTime(one, proveAdoption(one.subject, asFound(one.live()), quiet));
    expect(proof).toEqual({
      kind: 'moved',
      moved: ['its Argo Rollouts controller has not taken the change: is it running?'],
      isUndone: false,
    });
    expect(adoptedBy(one.live())).toBeNull();
    expect(one.live()).toMatchObject({ spec: { strategy: { canary: { steps: THEIR_STEPS } } } });
  });

  it('that is broken off gives the steps back', async () => {
    const one = await aForeignRollout();
    const stop = new AbortController();
    const afterApply = once(() => {
      one.world.argo('eu').stop();
      void one.clock.sleep(1_000, quiet).then(() => stop.abort());
    });
    const api = disturbed(one.subject.api, { afterApply });
    await expect(inTime(one, proveAdoption({ ...one.subject, api }, asFound(one.live()), stop.signal))).rejects.toThrow(
      'stopped before its proof',
    );
    expect(one.live()).toMatchObject({ spec: { strategy: { canary: { steps: THEIR_STEPS } } } });
    expect(adoptionFindings(one.live(), ['app']).map(({ reason }) => reason)).toEqual(['NotAdopted']);
  });

  it('that dies leaves the gate and what stood there, and the next proof gives it back', async () => {
    const one = await aForeignRollout();
    const { api } = one.subject;
    let isDead = false;
    const dying: typeof api = {
      ...api,
      async apply(object, kind, options) {
        if (isDead) throw new TransientError('the network is gone');
        const applied = await api.apply(object, kind, options);
        isDead = options.dryRun !== true;
        return applied;
      },
    };
    const died = inTime(one, proveAdoption({ ...one.subject, api: dying }, asFound(one.live()), quiet));
    await expect(died).rejects.toThrow('the network is gone');
    expect(one.live()).toMatchObject({ spec: { strategy: { canary: { steps: GATE } } } });

    expect((await inTime(one, proveAdoption(one.subject, asFound(one.live()), quiet))).kind).toBe('proven');
    expect(one.live()).toMatchObject({ spec: { strategy: { canary: { steps: THEIR_STEPS } } } });
    expect(Object.keys(one.live().metadata.annotations ?? {}).filter((key) => key.startsWith('tidegate'))).toEqual([
      'tidegate.dev/adopted',
    ]);
  });
});
