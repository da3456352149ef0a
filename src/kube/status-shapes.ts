import { kinds, type OwnKind } from '../api/kinds.ts';
import type { ServedSubresources } from './served-subresources.ts';
import type { StatusChange, StatusParts } from './status-document.ts';
import { membersOf, ownConditionType, ownEntry, storedConditions } from './stored-status.ts';

/** How the status of a kind is written in this cluster. */
export interface StatusShape {
  /** Whether it is a subresource; else it is written on the resource itself. */
  readonly subresource: boolean;
  readonly parts: StatusParts;
}

/** What is known of the kinds' statuses: from discovery, and from the answers to writes. */
export interface StatusShapes {
  readonly of: (kind: OwnKind) => Promise<StatusShape>;
  /** Whether an answer has shown already what the CRD keeps. */
  readonly isKnown: (kind: OwnKind) => boolean;
  /** Takes what came of a write: parts that are missing in the answer are pruned by the CRD. */
  readonly learn: (kind: OwnKind, sent: StatusChange, answered: unknown) => void;
  /** The CRD seems to have been changed. */
  readonly forget: (kind: OwnKind) => void;
  /** A CRD may have been changed without a sign of it: asks again, and keeps what is known of kinds that are as they were. */
  readonly renew: () => void;
}

/** Creates an empty knowledge: every part is taken for kept until an answer shows otherwise. */
export function createStatusShapes(served: ServedSubresources, namespace: string): StatusShapes {
  const kept = new Map<OwnKind, Partial<StatusParts>>();
  const subresources = new Map<OwnKind, boolean>();
  return {
    of: async (kind) => {
      const subresource = await served.hasStatus(kind);
      if ((subresources.get(kind) ?? subresource) !== subresource) kept.delete(kind);
      subresources.set(kind, subresource);
      const all = { observedGeneration: subresource, conditions: true, statuses: true };
      return { subresource, parts: { ...all, ...kept.get(kind) } };
    },
    isKnown: (kind) => kept.get(kind)?.conditions !== undefined,
    learn: (kind, sent, answered) => {
      kept.set(kind, { ...kept.get(kind), ...partsKept(sent, answered, namespace) });
    },
    forget: (kind) => {
      kept.delete(kind);
      served.forget(kind);
    },
    renew: () => {
      for (const { kind } of kinds) served.forget(kind);
    },
  };
}

function partsKept(sent: StatusChange, answered: unknown, namespace: string): Partial<StatusParts> {
  const hasConditions = storedConditions(answered).some(
    (condition) => ownConditionType(condition) !== undefined,
  );
  const { observedGeneration } = membersOf(answered);
  return {
    ...(sent.observedGeneration !== undefined && observedGeneration === undefined
      ? { observedGeneration: false }
      : {}),
    ...(hasConditions || sent.conditions !== undefined ? { conditions: hasConditions } : {}),
    ...(sent.statuses === undefined
      ? {}
      : { statuses: ownEntry(answered, namespace) !== undefined }),
  };
}
