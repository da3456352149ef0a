import { Type } from '../base/json-type.ts';
import { duration, int, obj, opt } from './schema.ts';

const percentage = opt(
  Type.Number({ description: 'Of the requests. Default 0.', minimum: 0, maximum: 100 }),
);

export const faultsSchema = obj('Faults that are made on purpose, before a token is looked for.', {
  abort: opt(
    obj('Requests that are answered at once.', {
      percentage,
      httpStatus: int('Status of the answer.', { minimum: 200, maximum: 599 }),
    }),
  ),
  delay: opt(
    obj('Requests that wait.', { percentage, fixedDelay: duration('How long; more than 0s.') }),
  ),
});
