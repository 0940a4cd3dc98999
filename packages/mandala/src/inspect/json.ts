/** What JSON can say exactly of a value, for programs; undefined for anything else. */
export function toJson(value: unknown): { readonly value: unknown } | undefined {
  return isJson(value, new Set()) ? { value } : undefined
}

function isJson(value: unknown, around: ReadonlySet<unknown>): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean': return true
    case 'number': return Number.isFinite(value) && !Object.is(value, -0)
    case 'object': {
      if (value === null) return true
      if (around.has(value)) return false
      const prototype = Object.getPrototypeOf(value) as unknown
      if (prototype !== Object.prototype && prototype !== Array.prototype) return false
      const inside = new Set([...around, value])
      // Also what is hidden or missing in an array: JSON would make null of it.
      const parts = Array.isArray(value) ? Array.from(value as unknown[]) : Object.values(value)
      return (!Array.isArray(value) || Object.keys(value).length === value.length) && parts.every((part) => isJson(part, inside))
    }
    default: return false
  }
}
