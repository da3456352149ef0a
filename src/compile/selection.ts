import type { GatewaySpec } from '../api/gateway.ts';
import { labelOperators } from '../api/label-expression.ts';
import type { Metadata } from '../api/resource.ts';
import type { CompileState } from './compile-state.ts';
import { enumName } from './enum-name.ts';
import { shown, type Findings } from './findings.ts';
import {
  expressionFault,
  matchesExpression,
  matchesLabels,
  type LabelExpression,
} from './selectors.ts';

type HttpGateway = NonNullable<GatewaySpec['httpGateway']>;
type WrittenExpression = NonNullable<
  NonNullable<HttpGateway['virtualServiceExpressions']>['expressions']
>[number];

/** The Gateway whose selection it is. */
export interface SelectionScope {
  readonly context: CompileState;
  readonly findings: Findings;
  readonly metadata: Metadata;
}

/** Which virtual services a Gateway serves: expressions win over the selector, the selector over references; none of them: all. */
export function selection(
  gateway: HttpGateway,
  scope: SelectionScope,
): (metadata: Metadata) => boolean {
  const namespaces = gateway.virtualServiceNamespaces ?? [];
  const inNamespace = ({ namespace }: Metadata): boolean =>
    namespaces.length === 0 || namespaces.includes('*') || namespaces.includes(namespace);
  const expressions = gateway.virtualServiceExpressions?.expressions ?? [];
  if (expressions.length > 0) {
    const compiled = expressions.map((written, index) => compileExpression(written, index, scope));
    return (metadata) =>
      inNamespace(metadata) &&
      compiled.every((one) => matchesExpression(metadata.labels ?? {}, one));
  }
  const wanted = gateway.virtualServiceSelector ?? {};
  if (Object.keys(wanted).length > 0) {
    return (metadata) => inNamespace(metadata) && matchesLabels(metadata.labels ?? {}, wanted);
  }
  const refs = gateway.virtualServices ?? [];
  return refs.length > 0 ? byReference(refs, scope) : inNamespace;
}

function compileExpression(
  { key, operator, values }: WrittenExpression,
  index: number,
  { findings }: SelectionScope,
): LabelExpression {
  const compiled = { key, operator: enumName(operator, labelOperators), values: values ?? [] };
  const accepted = expressionFault(compiled);
  if (accepted !== undefined) {
    findings.error({
      reason: 'InvalidGateway',
      path: `spec.httpGateway.virtualServiceExpressions.expressions[${index}].values`,
      what: `the label expression with ${compiled.operator} makes no sense`,
      found: `${compiled.values.length} values`,
      accepted,
    });
  }
  return compiled;
}

/** Gloo refuses a Gateway with a dangling reference; here it is told of, since the virtual service may only come later. */
function byReference(
  written: NonNullable<HttpGateway['virtualServices']>,
  { context, findings, metadata }: SelectionScope,
): (metadata: Metadata) => boolean {
  const refs = new Set<string>();
  for (const [index, { name, namespace = metadata.namespace }] of written.entries()) {
    refs.add(`${namespace}/${name}`);
    if (context.resources.get('VirtualService', namespace, name)) continue;
    findings.warn({
      reason: 'ReferenceNotFound',
      path: `spec.httpGateway.virtualServices[${index}]`,
      what: 'nothing is served for it',
      found: `no VirtualService ${shown(`${namespace}.${name}`)}`,
      accepted: 'the name of a VirtualService',
      gloo: `invalid virtual service ref ${namespace}.${name}`,
    });
  }
  return ({ namespace, name }) => refs.has(`${namespace}/${name}`);
}
