/** What pieces of code name, by their ids. */
export interface NamedCode {
  /** The components that one names. */
  namesOf(id: string): Iterable<string>
  /** The properties that one mentions. */
  membersOf(id: string): Iterable<string>
  /** Methods of a class, or of an object, and those within these. */
  partsOf(id: string): Iterable<string>
}

/** Called by nobody's name. */
const IMPLICIT = /^(constructor|toString|valueOf|toJSON|then|next|.*\])$/

/**
 * What may run when these do: what they name, at any distance, and of the methods of what is named those whose name is mentioned somewhere in it.
 *
 * D. Bacon and P. Sweeney, "Fast static analysis of C++ virtual function calls", 1996.
 */
export function findLoadingCode(roots: Iterable<string>, { namesOf, membersOf, partsOf }: NamedCode): Set<string> {
  const found = new Set(roots)
  const mentioned = new Set<string>()
  const waiting = new Map<string, string[]>()
  for (const id of found) {
    for (const name of namesOf(id)) found.add(name)
    for (const part of partsOf(id)) {
      const member = memberOf(part)
      if (IMPLICIT.test(member) || mentioned.has(member)) found.add(part)
      else {
        const others = waiting.get(member) ?? []
        waiting.set(member, others)
        others.push(part)
      }
    }
    for (const member of membersOf(id)) {
      if (mentioned.has(member)) continue
      mentioned.add(member)
      for (const part of waiting.get(member) ?? []) found.add(part)
      waiting.delete(member)
    }
  }
  return found
}

/** `file.ts#Model.static create` is `create`. */
export function memberOf(part: string): string {
  return part.slice(Math.max(part.lastIndexOf('.'), part.lastIndexOf(' ')) + 1)
}
