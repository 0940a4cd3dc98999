/** The global under which instrumented code finds the tracer: a plain name, as a module may call anything `Symbol`. Raised with every change of what it calls there. */
export const REGISTRY = 'mandala-ts.code/5'
