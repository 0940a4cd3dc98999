/** Whether a value may have parts of its own: it is an object, or a function. */
export function isCompound(value: unknown): value is object {
  return typeof value === 'object' && value !== null || typeof value === 'function'
}
