import type { Ref } from './ref.ts'

const uses = new WeakMap<Ref<unknown>, Set<string>>()

/** An input of an op: the role that a given value plays, which its history doesn't tell. */
export function roleOf(op: string, input: string): string {
  return `${op}\n${input}`
}

/** Keeps in mind that a wrapped value was passed as an input; bounded by the ops of a program, not by its calls. */
export function noteUse(ref: Ref<unknown>, role: string): void {
  const known = uses.get(ref)
  if (known) known.add(role)
  else uses.set(ref, new Set([role]))
}

/** The inputs that this very object was passed as, in this process. */
export function rolesOf(ref: Ref<unknown>): ReadonlySet<string> {
  return uses.get(ref) ?? new Set()
}
