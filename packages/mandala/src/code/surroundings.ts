import { GLOBALS } from './globals.ts'

/** How code reaches what its surroundings set, if not by its plain name. */
export interface Way {
  readonly root?: 'globalThis' | `import ${string}`
  /** Levels of a pattern: one in `const { X } = process.env`, two in `const { env: { X } } = process`. */
  readonly destructured?: number
}

const OWNED = /^(process|import\.meta)\.env\.(.+)$/s
const WAY = / \((?:of (globalThis|import [\w*]+(?: as process)?))?(?:, )?(destructured|destructured twice)?\)$/

/**
 * A bundler that replaces `process.env.X` may leave `const { X } = process.env` alone, or `globalThis.process.env.X`: what is set has
 * another name for each way to it.
 */
export function nameReached(name: string, { root, destructured = 0 }: Way): string {
  if (root === undefined && destructured === 0) return name
  if (!OWNED.test(name) && GLOBALS.has(name.split('.')[0] as string)) return name
  const isPattern = destructured > 0 && root !== 'globalThis'
  const words = [...(root ? [`of ${root}`] : []), ...(isPattern ? [destructured > 1 ? 'destructured twice' : 'destructured'] : [])]
  return words.length > 0 ? `${name} (${words.join(', ')})` : name
}

/** The plain name. */
export function nameSet(reached: string): string {
  return reached.replace(WAY, '')
}

/** By which export of the module `process` it is reached. */
export function importedBy(reached: string): string | undefined {
  return /^import (\S+)/.exec(WAY.exec(reached)?.[1] ?? '')?.[1]
}

/** The same by the same syntax, for a bundler to do to it what it does to the code; with what an import is called there. */
export function expressionOf(reached: string, local = ''): string {
  const [, root, pattern] = WAY.exec(reached) ?? []
  const [, owner, key] = OWNED.exec(nameSet(reached)) ?? []
  if (owner === undefined || key === undefined) return root === 'globalThis' ? `globalThis${member(nameSet(reached))}` : nameSet(reached)
  const whole = root === 'globalThis' ? `globalThis.${owner}` : root === undefined ? owner : local
  const env = root === 'import env' ? local : `${whole}.env`
  if (pattern === undefined) return env + member(key)
  const taken = `{${isIdentifier(key) ? key : JSON.stringify(key)}:x}`
  return `(()=>{const${pattern === 'destructured' ? `${taken}=${env}` : `{env:${taken}}=${whole}`};return x})()`
}

function member(key: string): string {
  return isIdentifier(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}

const isIdentifier = (key: string): boolean => /^[A-Za-z_$][\w$]*$/.test(key)
