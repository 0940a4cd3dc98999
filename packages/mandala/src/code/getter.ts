/** Gives a value of the module level. */
export type Getter = () => unknown

/** Undefined where it isn't initialised yet. */
export function call(getter: Getter | undefined): unknown {
  try {
    return getter?.()
  } catch {
    return undefined
  }
}

/** Whether an import gives something else than its module exports. */
export function isReplaced(own: Getter, imported: Getter): boolean {
  try {
    return !Object.is(own(), imported())
  } catch {
    return false
  }
}
