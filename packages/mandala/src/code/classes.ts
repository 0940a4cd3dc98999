/** The classes of an instance, its own first; plain objects have none. */
export function classesOf(instance: object): object[] {
  const found: object[] = []
  for (let at: object | null = Object.getPrototypeOf(instance); at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    const constructor = constructorOf(at)
    if (typeof constructor === 'function') found.push(constructor)
  }
  return found
}

/** What made something, or what has it for a prototype; no accessor of the program's is called. */
export function constructorOf(made: object): unknown {
  for (let at: object | null = made; at; at = Object.getPrototypeOf(at) as object | null) {
    // The one of the platform's that is behind an accessor.
    if (at === Iterator.prototype) return Iterator
    const property = Object.getOwnPropertyDescriptor(at, 'constructor')
    if (property) return property.value
  }
  return undefined
}

/** A class and those that it extends. */
export function heritageOf(made: object): object[] {
  const found: object[] = []
  for (let at: unknown = made; typeof at === 'function' && at !== Function.prototype; at = Object.getPrototypeOf(at)) found.push(at)
  return found
}
