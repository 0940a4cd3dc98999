/** The classes of an instance, its own first; plain objects have none. */
export function classesOf(instance: object): object[] {
  const found: object[] = []
  for (let at: object | null = Object.getPrototypeOf(instance); at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    if (typeof at.constructor === 'function') found.push(at.constructor)
  }
  return found
}

/** A class and those that it extends. */
export function heritageOf(made: object): object[] {
  const found: object[] = []
  for (let at: unknown = made; typeof at === 'function' && at !== Function.prototype; at = Object.getPrototypeOf(at)) found.push(at)
  return found
}
