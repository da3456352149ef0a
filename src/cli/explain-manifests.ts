import { systemClock } from '../base/clock.ts';
import type { LocalAddresses } from '../base/local-addresses.ts';
import { createLogger } from '../base/log.ts';
import type { CompileResult } from '../compile/compile.ts';
import { explainRequest } from '../dataplane/explain.ts';
import { prepareProgram } from '../dataplane/program.ts';
import type { AskedRequest } from '../ir/asked-request.ts';
import type { Explanation } from '../ir/explanation.ts';
import { createJwtEngine, prepareStage } from '../jwt/authenticate.ts';
import { createFetchJwks } from '../jwt/fetch-jwks.ts';

export interface ExplainManifestsOptions {
  /** Where keys may be fetched from. */
  readonly localAddresses: LocalAddresses;
  /** Fetch nothing. */
  readonly offline: boolean;
  readonly showValues: boolean;
}

/** Prepares compiled manifests as the gateway does, without opening a port, and asks them about one request. */
export async function explainManifests(
  { table, secrets }: CompileResult,
  asked: AskedRequest,
  { localAddresses, offline, showValues }: ExplainManifestsOptions,
): Promise<Explanation> {
  const fetchJwks = createFetchJwks({
    resolveCluster: (name) =>
      Object.hasOwn(table.clusters, name) ? table.clusters[name] : undefined,
    secrets: () => secrets,
    allowLocalAddresses: localAddresses,
  });
  const jwt = createJwtEngine({
    clock: systemClock,
    logger: createLogger('silent'),
    fetchJwks: offline ? () => Promise.reject(new Error('--offline: not fetched')) : fetchJwks,
  });
  try {
    jwt.update(table.keySets, secrets);
    const program = prepareProgram(table, secrets, {
      prepareStage: (stage, providers) => prepareStage(stage, providers, jwt),
      localAddresses,
    });
    return await explainRequest(program, asked, { showValues });
  } finally {
    jwt.close();
  }
}
