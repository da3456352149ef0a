import { fixedEndpoint, modelEndpoint, type ModelEndpoint } from '../llm/model-endpoint.ts';
import type { Exchange } from './exchange.ts';
import { routeBase, routePath } from './route-path.ts';
import type { Upstream } from './upstream.ts';

/** What of a model server's API a request is for, by the path that goes there. */
export function endpointOfModel(exchange: Exchange, { backend }: Upstream): ModelEndpoint {
  const { method } = exchange;
  // A regular expression may have put a query behind it; another base in place of `/v1` changes nothing in it.
  const [path = ''] = routePath(exchange).split('?', 1);
  const asked = modelEndpoint(method, path, routeBase(exchange));
  const fullPath = backend?.settings.fullPath;
  return fullPath === undefined || asked === 'models' ? asked : fixedEndpoint(method, fullPath);
}

/** Whether such a request says in its body which model it is for. */
export function namesModel(endpoint: ModelEndpoint): boolean {
  return endpoint !== 'models' && endpoint !== 'other';
}
