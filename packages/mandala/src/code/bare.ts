import { digest } from '../value/digest.ts'

/** The hash of the value of a function or a class that carries nothing: a call that read it is another one once it carries something. */
export const BARE_HASH: string = digest('component', 'bare')

/** What a version used, for people: not that something carried nothing. */
export function withoutBare<D extends { readonly hash: string }>(dependencies: readonly D[]): D[] {
  return dependencies.filter(({ hash }) => hash !== BARE_HASH)
}
