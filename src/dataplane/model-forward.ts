import type { ForwardAction } from '../ir/table.ts';
import { routedModel, targetModel } from '../llm/billed-model.ts';
import { engineOf } from '../ir/engine-of.ts';
import { modelBody, type ModelEdits } from '../llm/model-body.ts';
import { readModelRequest, type ModelRequest } from '../llm/model-request.ts';
import { reasoningInputOf } from '../llm/reasoning-input.ts';
import { userIdOf } from '../llm/user-id.ts';
import type { Call } from './call.ts';
import { endpointOfModel, namesModel } from './endpoint-of-model.ts';
import type { Exchange } from './exchange.ts';
import { clusterRefusal, noEndpoint, unusableBody } from './forward-refusal.ts';
import { permitsCopy, permittedTargets, withoutModel } from './model-access.ts';
import { ModelAnswers } from './model-answers.ts';
import { createModelNotes, noteTry } from './model-notes.ts';
import { ModelTargets, modelTargets, type ModelTarget } from './model-targets.ts';
import { ModelTries, type ModelSending } from './model-tries.ts';
import { sendShadow } from './shadow.ts';
import { limitForwarded } from './stream-limits.ts';
import { couldNameUser, unseenUser } from './unseen-user.ts';
import type { Upstream } from './upstream.ts';
import { verifiedUser } from './verified-user.ts';
import { readModelBody } from './read-model-body.ts';

/** Whether a request may be one for a model, so that more has to be known of it than where it goes. */
export function isForModel(exchange: Exchange, { backend, cluster }: Upstream): boolean {
  const { route, models } = exchange;
  const isServer = backend !== undefined || cluster.pools !== undefined;
  return isServer || route?.route.llm !== undefined || models !== undefined;
}

/** Sends a request to one of the model servers behind an upstream; `plainly` sends one that is for no model. */
export function forwardToModel(
  call: Call,
  upstream: Upstream,
  plainly: (call: Call, upstream: Upstream) => void,
): void {
  const all = modelTargets(upstream, call.exchange.program.upstreams);
  const targets = all.filter(
    (target) => clusterRefusal(call.exchange, target.upstream) === undefined,
  );
  const [first] = targets;
  if (first === undefined) return refuseAll(call, all);
  const endpoint = endpointOfModel(call.exchange, first.upstream);
  // One request is not two things: a server where it would be another is not asked.
  const alike = targets.filter((one) => endpointOfModel(call.exchange, one.upstream) === endpoint);
  if (!namesModel(endpoint)) {
    const answer = withoutModel(call.exchange, endpoint, targets);
    if (answer === undefined) return sendPlainly(call, alike, plainly);
    return 'reason' in answer ? call.deny(answer) : call.reply(answer);
  }
  limitForwarded(call);
  readModelBody(call, (body) => {
    const request = readModelRequest(endpoint, body);
    if ('message' in request) return call.deny(unusableBody(request.message));
    call.model = createModelNotes(request);
    const permitted = permittedTargets(call.exchange, request, alike);
    return 'status' in permitted ? call.deny(permitted) : tryTargets(call, permitted, request);
  });
}

/** None of the servers can be asked: the client hears why the first one cannot. */
function refuseAll(call: Call, [first]: readonly ModelTarget[]): void {
  call.deny((first && clusterRefusal(call.exchange, first.upstream)) ?? noEndpoint);
}

/** What is for no model goes to the first server that is well. */
function sendPlainly(
  call: Call,
  targets: readonly ModelTarget[],
  plainly: (call: Call, upstream: Upstream) => void,
): void {
  const open = targets.filter((one) => !couldNameUser(call.exchange, one.upstream));
  if (open.length === 0 && targets.length > 0) return call.deny(unseenUser);
  const target = new ModelTargets(open).next(call.context.clock.monotonic());
  if (target === undefined) return call.deny(noEndpoint);
  call.cluster = target.upstream.cluster.name;
  plainly(call, target.upstream);
}

function tryTargets(call: Call, targets: readonly ModelTarget[], request: ModelRequest): void {
  const { action } = call.exchange.route?.route ?? {};
  const forward = action?.kind === 'forward' ? action : undefined;
  const { retry, attemptCount, timeoutMs = 0 } = forward ?? {};
  const tries = new ModelTries(
    call,
    targets,
    { retry, attemptCount, timeoutMs },
    sendingOf(call, request, forward),
  );
  call.pending = tries;
  tries.start();
}

function sendingOf(
  call: Call,
  request: ModelRequest,
  action: ForwardAction | undefined,
): ModelSending {
  return {
    answers: new ModelAnswers(call, request),
    bodyFor: ({ upstream }) => modelBody(request, editsFor(call, request, upstream)),
    sent: (outgoing, { upstream }, count) => {
      noteServer(call, request, upstream);
      const { shadow } = action ?? {};
      if (count > 1 || shadow === undefined || !Buffer.isBuffer(outgoing.body)) return;
      if (!permitsCopy(call.exchange, shadow)) return;
      if (call.context.random() * 100 < shadow.percent) {
        sendShadow(call, shadow, outgoing, outgoing.body);
      }
    },
  };
}

function noteServer(
  { exchange, model: notes }: Call,
  { endpoint, model }: ModelRequest,
  { backend }: Upstream,
): void {
  const routed = routedModel(model, exchange.route?.route.llm?.models);
  const settings = backend?.settings;
  const billedModel = targetModel(routed, endpoint, settings)?.billed ?? '';
  const { provider = '', authority: host = '' } = settings ?? {};
  if (notes !== undefined) noteTry(notes, { billedModel, provider, host });
}

/** What this server gets otherwise than the client sent it. */
function editsFor(
  { exchange }: Call,
  { endpoint, model }: ModelRequest,
  { backend }: Upstream,
): ModelEdits {
  const routed = routedModel(model, exchange.route?.route.llm?.models);
  const settings = backend?.settings;
  return {
    model: targetModel(routed, endpoint, settings)?.sent,
    // DeepSeek tells of the tokens in the last chunk in any case.
    includeUsage: settings !== undefined && engineOf(settings) !== 'DEEPSEEK',
    reasoning: settings && reasoningInputOf(settings),
    userId: backend && userIdOf(backend.userIds, verifiedUser(exchange)),
  };
}
