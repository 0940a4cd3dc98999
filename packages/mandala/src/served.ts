/** What files import that come from a server of modules, as under Vitest, instead of `mandala-ts/bundled`. Nothing to import by hand. */
import { registerServed } from './code/served-file.ts'
import { getTracer, type Tracer } from './code/tracer.ts'

export const tracer: Pick<Tracer, 'name'> & { readonly registerServed: typeof registerServed } = {
  registerServed,
  name: (fn, name) => getTracer().name(fn, name),
}
