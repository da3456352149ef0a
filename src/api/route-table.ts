import { routeSchema } from './route.ts';
import { list, obj, opt, Type, type Static } from './schema.ts';

export const routeTableSchema = obj('Routes that VirtualServices delegate to.', {
  routes: opt(list('Routes; the first that matches is taken.', routeSchema, 2048)),
  weight: opt(
    Type.Unsafe<number | null>({
      type: 'integer',
      format: 'int32',
      nullable: true,
      description: 'Order among the tables of one selector, lower first. Default 0.',
    }),
  ),
});

/** `spec` of a RouteTable (Gloo `gateway.RouteTableSpec`). */
export type RouteTableSpec = Static<typeof routeTableSchema>;
