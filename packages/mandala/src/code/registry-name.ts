/** Under which instrumented code finds the tracer; raised with every change of what it calls there. */
export const REGISTRY = 'mandala-ts.code/1'
