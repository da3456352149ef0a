import { routeOptionsSchema, virtualHostOptionsSchema } from './options.ts';
import { list, obj, opt, opaque, unsupported } from './schema.ts';

const targetRefs = opt(
  unsupported(list('Targets of the Kubernetes Gateway API.', opaque('A target.'), 16)),
);

export const routeOptionSchema = obj('Options for routes that refer to it.', {
  options: opt(routeOptionsSchema),
  targetRefs,
});

export const virtualHostOptionSchema = obj('Options for virtual hosts that refer to it.', {
  options: opt(virtualHostOptionsSchema),
  targetRefs,
});
