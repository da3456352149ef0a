import { describe, expect, it } from '@jest/globals';
import type { CompileContext } from '../../../src/compile/context.ts';
import { createFindings } from '../../../src/compile/findings.ts';
import { noteUnready } from '../../../src/compile/unready-upstreams.ts';

function note(name: string, namespace: string) {
  const findings = createFindings();
  const backendFaults = new Map([['x_team', 'spec: no hosts']]);
  const scope = { context: { backendFaults } as unknown as CompileContext, namespace, findings };
  const at = { value: { name, namespace: 'team' }, path: 'spec.y' };
  return { noted: noteUnready(at, 'requests get 503', scope), list: findings.list };
}

describe('noteUnready', () => {
  it.each([
    ['team', 'requests get 503: Upstream team.x cannot be used: spec: no hosts'],
    ['other', 'requests get 503: Upstream team.x cannot be used, its status says why'],
  ])('says from namespace %s: %s', (namespace, message) => {
    expect(note('x', namespace)).toEqual({
      noted: true,
      list: [{ severity: 'warning', reason: 'UpstreamNotReady', path: 'spec.y', message }],
    });
  });

  it('says nothing of one without fault', () => {
    expect(note('y', 'team')).toEqual({ noted: false, list: [] });
  });
});
