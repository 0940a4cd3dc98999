/** Globals that are no inputs. */
export const HIDDEN: ReadonlySet<string> = new Set([
  'eval', 'Function', 'process', 'import()',
  'Date.now', 'Math.random', 'performance.now', 'crypto.randomUUID', 'crypto.getRandomValues', 'fetch', 'process.argv', 'process.cwd', 'process.hrtime', 'process.env',
])

/** The variable that `process.env.X` reads. */
export function envNameOf(name: string): string | undefined {
  return /^process\.env\.(.+)$/.exec(name)?.[1]
}

/** Other in every process, and nothing that a program goes by. */
const VOLATILE = new Set(['pid', 'ppid', 'uptime', 'exitCode', 'connected'])

/** What the process was started with, as far as a name reaches it: its arguments, its environment, plain values. Undefined for all else. */
export function contentOfGlobal(name: string): unknown {
  if (name === 'process') return [{ ...process.env }, process.argv.slice(2)]
  if (name === 'process.env') return { ...process.env }
  if (name === 'process.argv') return process.argv.slice(2)
  const variable = envNameOf(name)
  if (variable !== undefined) return process.env[variable]
  const [owner, key] = name.startsWith('process.') ? [process, name.slice('process.'.length)] : [globalThis, name]
  const value: unknown = VOLATILE.has(key) ? undefined : Object.getOwnPropertyDescriptor(owner, key)?.value
  return /^(string|number|bigint|boolean)$/.test(typeof value) ? value : undefined
}
